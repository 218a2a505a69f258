// Places in a text. The server counts code points; a textarea counts UTF-16 units.

const ASTRAL = /[\ud800-\udbff][\udc00-\udfff]/;

/** The function from an offset in code points to the offset in UTF-16 units. */
export function unitsOf(text) {
  if (!ASTRAL.test(text)) return (offset) => offset;
  const starts = [];
  let unit = 0;
  for (const character of text) {
    starts.push(unit);
    unit += character.length;
  }
  starts.push(unit);
  return (offset) => starts[offset];
}

/** The report in a review, its offsets in UTF-16 units and its edits with what they offer. */
export function inUnits({ report, offers, summary }) {
  const unit = unitsOf(report.text);
  const placed = (span) => ({ ...span, start: unit(span.start), end: unit(span.end) });
  const findings = report.findings.map((finding, i) => ({
    ...placed(finding),
    edits: finding.edits.map((edit, k) => ({ ...placed(edit), offer: offers[i][k] })),
  }));
  return { ...report, summary, findings, skipped: report.skipped.map(placed) };
}

/** The one stretch that differs: `before` becomes `after` with `text` put from `start` to `end`. */
export function difference(before, after) {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let tail = 0;
  while (tail < shorter - start && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return { start, end: before.length - tail, text: after.slice(start, after.length - tail) };
}

/** The span after a change elsewhere; null where the change touches its words. */
export function moved(span, change) {
  if (change.end <= span.start) {
    const by = change.text.length - (change.end - change.start);
    return { ...span, start: span.start + by, end: span.end + by };
  }
  return change.start >= span.end ? span : null;
}

/** A finding with its edits after a change; null where the change touches one of them. */
export function movedFinding(finding, change) {
  const edits = finding.edits.map((edit) => moved(edit, change));
  const span = moved(finding, change);
  return span && edits.every(Boolean) ? { ...span, edits } : null;
}

/** The text cut wherever a span begins or ends, each piece with the spans that cover it. */
export function pieces(text, spans) {
  const borders = new Set([0, text.length]);
  for (const { start, end } of spans) borders.add(start).add(end);
  const ordered = [...borders].sort((a, b) => a - b);
  return ordered.slice(0, -1).map((start, i) => {
    const end = ordered[i + 1];
    return { text: text.slice(start, end), over: spans.filter((s) => s.start <= start && end <= s.end) };
  });
}

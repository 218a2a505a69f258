// The letter in a compose window: what tonecheck is told of it, and new wording put into it.

/** The fields that tonecheck reads. */
export function fieldsOf({ from, to, cc, bcc, subject, isPlainText, body, plainTextBody }) {
  const list = (recipients) => [].concat(recipients ?? []); // a single one may stand alone
  return {
    from,
    to: list(to),
    cc: list(cc),
    bcc: list(bcc),
    subject,
    html: !isPlainText,
    body: isPlainText ? plainTextBody : body,
  };
}

/** What tells one state of a letter from another. */
export async function digestOf(fields) {
  const words = new TextEncoder().encode(JSON.stringify(fields));
  const digest = await crypto.subtle.digest("SHA-256", words);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Put `edit.text` for the words from `edit.start` to `edit.end` of `text`, in the document that this runs in.
 *
 * The words are looked for between the ones around them, whatever their spaces and markup. Returns
 * whether they stand there exactly once and were replaced; the editor's own undo takes it back.
 * Runs inside the compose window, so it can call nothing from outside.
 */
export function putInto(text, edit) {
  const squeezed = (part) => part.replace(/\s+/g, "");
  const words = text.slice(edit.start, edit.end);
  const [before, wanted, after] = [text.slice(0, edit.start), words, text.slice(edit.end)].map(squeezed);

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let flat = "";
  const places = []; // for each character in flat: its text node and where it stands there
  while (walker.nextNode()) {
    const { data } = walker.currentNode;
    for (let i = 0; i < data.length; i++) {
      if (/\s/.test(data[i])) continue;
      flat += data[i];
      places.push([walker.currentNode, i]);
    }
  }

  for (const width of [80, 25]) {
    const lead = before.slice(Math.max(0, before.length - width));
    const phrase = lead + wanted + after.slice(0, width);
    const found = flat.indexOf(phrase);
    if (found < 0) continue;
    if (flat.indexOf(phrase, found + 1) >= 0) return false;
    const start = found + lead.length;
    const end = start + wanted.length;
    const range = document.createRange();
    if (!end) return false;
    const last = places[end - 1];
    const first = wanted ? places[start] : [last[0], last[1] + 1]; // nothing goes: new words come after the last
    range.setStart(first[0], first[1]);
    range.setEnd(last[0], last[1] + 1);
    if (/^\s/.test(words)) range.setStart(first[0], first[0].data.slice(0, first[1]).trimEnd().length);
    if (/\s$/.test(words)) {
      const rest = last[0].data.slice(last[1] + 1);
      range.setEnd(last[0], last[1] + 1 + rest.length - rest.trimStart().length);
    }
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return edit.text ? document.execCommand("insertText", false, edit.text) : document.execCommand("delete");
  }
  return false;
}

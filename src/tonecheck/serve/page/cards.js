// The list of findings: a card each, kept while its finding stays, so that focus and opened reasons stay too.

/** An element with its properties and children. */
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** What a finding is known by from one review to the next: its rule, its words, and which of several it is. */
export function withKeys(findings) {
  const seen = new Map();
  return findings.map((finding) => {
    const name = JSON.stringify([finding.rule, finding.text, finding.edits.map((edit) => edit.offer)]);
    seen.set(name, (seen.get(name) ?? 0) + 1);
    return { ...finding, key: `${name} ${seen.get(name)}` };
  });
}

/** Bring the list in line with the findings; cards that stay are not moved, so they keep the focus. */
export function showCards(list, findings) {
  const kept = new Map([...list.children].map((card) => [card.dataset.key, card]));
  const wanted = findings.map((finding) => kept.get(finding.key) ?? card(finding));
  for (const old of [...list.children]) if (!wanted.includes(old)) old.remove();
  wanted.forEach((one, i) => {
    if (list.children[i] !== one) list.insertBefore(one, list.children[i] ?? null);
  });
}

function card(finding) {
  const edits = finding.edits.map((edit, i) => editButton(finding, edit, i));
  const made = element(
    "li",
    { className: finding.fault },
    element("button", { type: "button", className: "words" }, finding.message),
    element("p", { className: "kind" }, `${finding.fault}, ${finding.severity}`),
    element("div", { className: "edits" }, ...edits),
    element(
      "details",
      {},
      element("summary", {}, "Why"),
      element("p", {}, finding.why),
      element("p", { className: "kind" }, finding.rule),
    ),
  );
  made.dataset.key = finding.key;
  return made;
}

function editButton(finding, edit, i) {
  const { words, note } = edit.offer;
  const made = element("button", { type: "button", className: "edit" }, words);
  made.append(element("span", { className: "unseen" }, ` in place of “${finding.text}”`));
  if (note) made.append(" ", element("small", {}, note));
  made.dataset.edit = i;
  return made;
}

// The editor: marks words as you type, lists why, and makes the edits you choose.

import { NO_TOKEN, hasToken, review, takeToken } from "./api.js";
import { element, showCards, withKeys } from "./cards.js";
import { showPanel } from "./panel.js";
import { say, sayLater } from "./speech.js";
import { difference, moved, movedFinding, pieces } from "./text.js";

const PAUSE = 300; // milliseconds without a key before the text is read
const SLOT = /\[[^\]]*\]/;

const find = (id) => document.getElementById(id);
const [draft, client, list] = [find("draft"), find("client"), find("findings")];

let findings = []; // of the text as it stands, in UTF-16 units
let skipped = [];
let plainSafe = null; // the reviewed text after its safe edits
let shown = ""; // the text that findings and marks are about
let lit = null; // the key of the finding at the caret

// ---- Reading: one request at a time, and an answer counts only for the text that it is about.

let timer = 0;
let asking = false;

function readSoon(pause = PAUSE) {
  clearTimeout(timer);
  timer = setTimeout(read, pause);
}

async function read() {
  if (asking) return; // the answer under way asks again
  const [text, heard] = [draft.value, client.value];
  if (!text.trim()) return show(null);
  asking = true;
  document.body.classList.add("stale");
  let again = false;
  try {
    const report = await review(text, heard);
    again = draft.value !== text || client.value !== heard;
    if (!again) show(report);
    problem("");
  } catch (error) {
    problem(error.message);
  } finally {
    asking = false;
    document.body.classList.toggle("stale", again);
  }
  if (again) readSoon(0);
}

function problem(words) {
  const place = find("problem");
  if (place.textContent !== words) place.textContent = words;
  place.hidden = !words;
}

// ---- Showing.

function show(report) {
  findings = withKeys(report?.findings ?? []);
  skipped = report?.skipped ?? [];
  plainSafe = report && report.plain_safe !== report.text ? report.plain_safe : null;
  find("tidy").hidden = plainSafe === null;
  showPanel(report);
  showFindings();
  if (report) sayLater(report);
}

/** Marks and cards; a card that goes hands its focus on to the next one. */
function showFindings() {
  const held = cardOf(document.activeElement);
  const place = held ? [...list.children].indexOf(held) : -1;
  showCards(list, findings);
  drawMarks();
  light(findings.some((finding) => finding.key === lit) ? lit : null);
  if (held && !held.isConnected) focusCard(place);
}

function drawMarks() {
  shown = draft.value;
  const twin = draft.previousElementSibling;
  const made = pieces(shown, [...findings, ...skipped]).map(({ text, over }) => {
    const marks = over.filter((span) => span.rule);
    const whole = marks.reduceRight((inner, finding) => {
      const mark = element("mark", { className: finding.fault }, inner);
      mark.dataset.key = finding.key;
      mark.classList.toggle("lit", finding.key === lit);
      return mark;
    }, document.createTextNode(text));
    return over.length > marks.length ? element("span", { className: "skipped" }, whole) : whole;
  });
  twin.replaceChildren(...made, "\n");
}

// ---- The finding at the caret.

const cardOf = (node) => node?.closest?.("#findings > li") ?? null;
const findingOf = (card) => findings.find((finding) => finding.key === card.dataset.key);

function light(key, dock = false) {
  lit = key;
  for (const card of list.children) {
    const is = card.dataset.key === key;
    card.classList.toggle("lit", is);
    card.classList.toggle("docked", is && (dock || card.classList.contains("docked")));
    if (is && dock) card.scrollIntoView({ block: "nearest" });
  }
  for (const mark of document.querySelectorAll(".twin mark")) mark.classList.toggle("lit", mark.dataset.key === key);
}

function lightAtCaret() {
  if (document.activeElement !== draft) return;
  const { selectionStart: start, selectionEnd: end } = draft;
  const length = (finding) => finding.end - finding.start;
  const here = findings
    .filter((finding) => finding.start <= start && end <= finding.end)
    .sort((one, other) => length(one) - length(other)); // the narrowest is the one that is meant
  const best = here.find((finding) => finding.key === lit) ?? here.find((finding) => finding.edits.length) ?? here[0];
  light(best?.key ?? null, true);
  document.querySelector(".twin .lit")?.scrollIntoView({ block: "nearest" });
}

function focusCard(place) {
  const card = list.children[Math.min(place, list.children.length - 1)];
  (card?.querySelector(".words") ?? draft).focus();
}

function select(finding) {
  draft.focus({ preventScroll: true });
  draft.setSelectionRange(finding.start, finding.end);
  document.querySelector(".twin .lit")?.scrollIntoView({ block: "nearest" });
}

/** F8 and Shift+F8: to the finding after or before the one in hand, or after the caret. */
function step(by) {
  if (!findings.length) return say("No findings.");
  const held = cardOf(document.activeElement);
  const caret = draft.selectionStart;
  const after = findings.findIndex((finding) => finding.end > caret);
  let place = after < 0 ? 0 : after;
  if (held) place = [...list.children].indexOf(held) + by;
  else if (by < 0) place = (after < 0 ? findings.length : after) - 1;
  focusCard((place + findings.length) % findings.length);
}

// ---- Changing the text.

/** Put `text` from `start` to `end`, so that the browser's own undo takes it back. */
function put(start, end, text) {
  const height = scrollY;
  draft.focus({ preventScroll: true });
  draft.setSelectionRange(start, end);
  const done = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
  if (!done) {
    draft.setRangeText(text, start, end, "end");
    draft.dispatchEvent(new Event("input"));
  }
  scrollTo(scrollX, height);
}

function make(finding, edit) {
  const place = findings.indexOf(finding);
  put(edit.start, edit.end, edit.text);
  findings = findings.filter((other) => other.key !== finding.key);
  showFindings();
  readSoon(0);
  const slot = SLOT.exec(edit.text);
  if (slot) {
    draft.setSelectionRange(edit.start + slot.index, edit.start + slot.index + slot[0].length);
    return say(`Fill in ${slot[0]}.`);
  }
  const left = findings.length === 1 ? "1 finding" : `${findings.length || "no"} findings`;
  say(`“${finding.text}”: ${edit.offer.words}. ${left} left.`);
  focusCard(place);
}

function tidy() {
  if (plainSafe === null || shown !== draft.value) return;
  const { start, end, text } = difference(draft.value, plainSafe);
  put(start, end, text);
  say("The safe edits are made.");
}

async function copy() {
  try {
    await navigator.clipboard.writeText(draft.value);
    say("Copied.");
    find("copy").textContent = "Copied";
    setTimeout(() => (find("copy").textContent = "Copy the reply"), 2000);
  } catch {
    draft.select();
    say("The reply is selected; copy it with the keyboard.");
  }
}

// ---- What the person does.

draft.addEventListener("input", () => {
  const change = difference(shown, draft.value);
  findings = findings.map((finding) => movedFinding(finding, change)).filter(Boolean);
  skipped = skipped.map((stretch) => moved(stretch, change)).filter(Boolean);
  plainSafe = null;
  find("tidy").hidden = true;
  showFindings();
  readSoon();
});
client.addEventListener("input", () => {
  client.previousElementSibling.textContent = `${client.value}\n`;
  readSoon();
});
list.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const finding = button && findingOf(cardOf(button));
  if (!finding) return;
  if (button.classList.contains("words")) {
    light(finding.key);
    select(finding);
  } else if (finding.edits[button.dataset.edit]) {
    make(finding, finding.edits[button.dataset.edit]);
  }
});
list.addEventListener("focusin", (event) => light(cardOf(event.target)?.dataset.key ?? null));
document.addEventListener("selectionchange", lightAtCaret);
document.addEventListener("keydown", (event) => {
  if (event.key === "F8") {
    event.preventDefault();
    step(event.shiftKey ? -1 : 1);
  } else if (event.key === "Escape") {
    const card = cardOf(document.activeElement);
    if (card) draft.setSelectionRange(findingOf(card)?.start ?? 0, findingOf(card)?.start ?? 0);
    draft.focus();
    light(null);
  }
});
find("tidy").addEventListener("click", tidy);
find("copy").addEventListener("click", copy);
addEventListener("hashchange", () => {
  if (takeToken()) readSoon(0);
});

takeToken();
client.dispatchEvent(new Event("input"));
drawMarks();
if (draft.value) readSoon(0);
if (!hasToken()) problem(NO_TOKEN);

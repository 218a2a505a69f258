// The panel: why the letter is held, an edit at a click, and the ways on.

import { showCards, withKeys } from "./cards.js";
import { putInto } from "./letter.js";
import { inUnits, movedFinding } from "./text.js";

const tabId = Number(new URLSearchParams(location.search).get("tab"));
const key = `asked-${tabId}`;
const find = (id) => document.getElementById(id);

let text = ""; // as it was read, with the edits made since
let findings = [];
let shown = 0; // decisions so far

function show(decision) {
  shown++;
  find("reason").textContent = decision.reason;
  const report = decision.report ? inUnits(decision) : { text: "", findings: [] };
  text = report.text;
  findings = withKeys(report.findings);
  showCards(find("findings"), findings);
  find("again").hidden = true;
  problem("");
}

function problem(words) {
  find("problem").textContent = words;
  find("problem").hidden = !words;
}

/** Make an edit in the letter, where the words still stand there. */
async function make(finding, edit) {
  const [{ result }] = await messenger.scripting.executeScript({
    target: { tabId },
    func: putInto,
    args: [text, { start: edit.start, end: edit.end, text: edit.text }],
  });
  if (!result) return problem(`“${finding.text}” is not found once in the letter; change it there by hand.`);
  problem("");
  text = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
  findings = findings.filter((other) => other !== finding).map((other) => movedFinding(other, edit)).filter(Boolean);
  showCards(find("findings"), findings);
  find("again").hidden = false;
  find("said").textContent = `“${finding.text}”: ${edit.offer.words}.`;
}

async function lookAt(finding) {
  const { windowId } = await messenger.tabs.get(tabId);
  await messenger.windows.update(windowId, { focused: true });
}

/** Send the letter; this window goes with it, or says why it could not. */
async function send(mode, unchecked) {
  const before = shown;
  problem("");
  try {
    await messenger.runtime.sendMessage({ tabId, mode, unchecked });
  } catch (error) {
    if (shown === before) problem(error.message); // else it was held again, and that is on show
  }
}

find("findings").addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  const finding = button && findings.find((one) => one.key === button.closest("li").dataset.key);
  if (!finding) return;
  try {
    await (button.classList.contains("words") ? lookAt() : make(finding, finding.edits[button.dataset.edit]));
  } catch (error) {
    problem(error.message);
  }
});
find("back").addEventListener("click", () => lookAt().finally(() => window.close()));
find("again").addEventListener("click", () => send("default", false));
find("anyway").addEventListener("click", () => send("default", true));
find("later").addEventListener("click", () => send("sendLater", true));
messenger.storage.session.onChanged.addListener((changes) => {
  if (changes[key]?.newValue) show(changes[key].newValue);
});

show((await messenger.storage.session.get(key))[key]);
find("back").focus();

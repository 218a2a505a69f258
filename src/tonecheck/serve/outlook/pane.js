// The pane beside the letter: what is marked, why, and wording to take over.

import { showCards, withKeys } from "/page/cards.js";
import { inUnits } from "/page/text.js";

const find = (id) => document.getElementById(id);

let findings = [];

async function read() {
  problem("");
  find("entry").hidden = localStorage.getItem(TOKEN) !== null;
  try {
    show(await decisionOn(Office.context.mailbox.item));
  } catch (error) {
    show({ reason: "", report: null });
    problem(error.message);
    find("entry").hidden = false;
  }
}

function show(decision) {
  findings = decision.report ? withKeys(inUnits(decision).findings) : [];
  find("reason").textContent = decision.reason;
  showCards(find("findings"), findings);
}

function problem(words) {
  find("problem").textContent = words;
  find("problem").hidden = !words;
}

/** Outlook lets nobody change a few words of a letter alone, so the new ones go to the clipboard. */
async function copy({ text }, { text: words }) {
  try {
    await navigator.clipboard.writeText(text);
    find("reason").textContent = `Copied; put it in place of “${words}”.`;
  } catch {
    find("reason").textContent = `In place of “${words}”: ${text}`;
  }
}

find("entry").addEventListener("submit", (event) => {
  event.preventDefault();
  localStorage.setItem(TOKEN, find("token").value.trim());
  find("token").value = "";
  read();
});
find("findings").addEventListener("click", (event) => {
  const button = event.target.closest(".edit");
  const finding = button && findings.find((one) => one.key === button.closest("li").dataset.key);
  if (finding) copy(finding.edits[button.dataset.edit], finding);
});
find("again").addEventListener("click", read);

await Office.onReady();
read();

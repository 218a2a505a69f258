// What stands around the findings: scores, what the client will miss, what was not judged.

import { element } from "./cards.js";
import { MOVE_NAMES, MOVE_TIPS } from "./wording.js";

const find = (id) => document.getElementById(id);

/** Show a report's scores and lists; without a report, none. */
export function showPanel(report) {
  for (const row of document.querySelectorAll(".scores li")) showScore(row, report?.scores[row.className]);
  find("summary").replaceChildren(report?.summary ?? "Type or paste a reply.", ...(report ? below(report) : []));
  fill("lacking", "missing", (report?.missing ?? []).map(missing));
  fill("open", "unanswered", (report?.unanswered ?? []).map((question) => element("li", {}, question)));
  fill("done", "answered", (report?.answered ?? []).map((question) => element("li", {}, question)));
  const there = Object.keys(MOVE_NAMES).filter((kind) => report?.moves[kind].length);
  sentence("there", "There", there.map((kind) => MOVE_NAMES[kind]));
  sentence("skipped", "Not judged", [...new Set((report?.skipped ?? []).map((stretch) => stretch.kind))]);
  find("notes").replaceChildren(...(report?.notes ?? []).map((note) => element("li", {}, note)));
}

/** Links to what stands below the findings, where a long list hides it. */
function below({ missing, unanswered }) {
  const links = [];
  if (missing.length) links.push(element("a", { href: "#lacking" }, `${missing.length} missing`));
  if (unanswered.length) links.push(element("a", { href: "#open" }, `${unanswered.length} not answered`));
  return links.flatMap((link) => [" ", link, "."]);
}

function showScore(row, value) {
  row.querySelector("b").textContent = value ?? "–";
  row.querySelector(".bar span").style.width = `${value ?? 0}%`;
}

function missing(kind) {
  return element("li", {}, element("b", {}, MOVE_NAMES[kind]), `: ${MOVE_TIPS[kind]}`);
}

function fill(box, name, items) {
  find(name).replaceChildren(...items);
  find(box).hidden = !items.length;
}

function sentence(id, head, items) {
  find(id).textContent = items.length ? `${head}: ${items.join("; ")}.` : "";
  find(id).hidden = !items.length;
}

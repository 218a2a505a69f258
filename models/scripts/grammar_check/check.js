// Whether plainer wording has more grammar problems than the original, by Harper.
//
//     npm install && node check.js PAIRS.jsonl [--show]
//
// PAIRS.jsonl is what plain_reach.py --pairs writes: {"id", "text", "safe", "all"} a line. Only pairs that
// differ are read; every kind of problem counts. --show prints each that only the plainer text has.

import { readFileSync } from "node:fs";
import { Dialect, LocalLinter } from "harper.js";
import { binaryInlined } from "harper.js/binaryInlined";

const [source, show] = process.argv.slice(2);
if (source === undefined) {
  console.error("usage: node check.js PAIRS.jsonl [--show]");
  process.exit(2);
}

const linter = new LocalLinter({ binary: binaryInlined, dialect: Dialect.British });

/** The problems of a text, by kind and words. */
async function problems(text) {
  const lints = await linter.lint(text, { language: "plaintext" });
  return lints.map((lint) => `${lint.lint_kind()}: “${lint.get_problem_text()}”: ${lint.message()}`);
}

/** What is in the second list and not in the first, by count. */
function only(first, second) {
  const left = [...first];
  return second.filter((problem) => {
    const at = left.indexOf(problem);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

const totals = { safe: [0, 0, 0, 0], all: [0, 0, 0, 0] };
for (const line of readFileSync(source, "utf8").split("\n").filter(Boolean)) {
  const row = JSON.parse(line);
  for (const name of ["safe", "all"]) {
    if (row[name] === undefined || row[name] === row.text) continue;
    const [before, after] = [await problems(row.text), await problems(row[name])];
    const added = only(before, after);
    totals[name][0] += 1;
    totals[name][1] += before.length;
    totals[name][2] += after.length;
    totals[name][3] += added.length > only(after, before).length ? 1 : 0;
    if (show === "--show") for (const problem of added) console.log(`${row.id} ${name} ${problem}`);
  }
}
for (const [name, [texts, before, after, worse]] of Object.entries(totals)) {
  console.log(`${name} edits: ${texts} texts changed, ${before} problems before, ${after} after, ${worse} texts with more`);
}

"""How far plainer wording reaches, and what it must never do, over labelled or unlabelled replies.

    plain_reach.py REPLIES.jsonl… [--split train] [--records DONE.jsonl] [--pairs PAIRS.jsonl]
                   [--limit N] [--every N] [--rules-only]

Of the doublespeak that readers marked and tonecheck found: the share that carries an edit. Of the
findings of defensiveness and excuses: the share with a suggestion. After all safe edits, and after
all edits: replies where a score rises, where a sentence carries a new fault, or where rewriting
again changes something. Replies without labels (no field “f”) count for the last part only.

Standard error says how far it is; with --records a run that was broken off goes on where it
stopped. --pairs keeps each text with its plainer ones for a grammar checker; the texts may be other
people's, so it is not for committing.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tonecheck.checker import Checker
from tonecheck.detect.rewrite import WRITER_SLOT
from tonecheck.evaluation import judged
from tonecheck.mail.draft import draft_of
from tonecheck.report import FAULT_LETTERS, FAULTS, Edit, Finding, Report

AFTER = ("safe", "all")
PROGRESS = 500


def main() -> None:
    """Check every reply once, then print the shares over all records."""
    options = _options()
    done = _records(options.records)
    checker = Checker(judge=not options.rules_only)
    with _appending(options.records) as kept, _appending(options.pairs) as pairs:
        for number, row in enumerate(_rows(options)):
            key = str(row.get("source_id") or row.get("id") or number)
            if key in done:
                continue
            record, texts = _record(checker, row)
            done[key] = record
            kept.write(json.dumps({"id": key, **record}) + "\n")
            pairs.write(json.dumps({"id": key, **texts}, ensure_ascii=False) + "\n")
            kept.flush()
            if len(done) % PROGRESS == 0:
                print(f"{len(done)} replies", file=sys.stderr)
    print("\n".join(_table(list(done.values()))))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", nargs="+", type=Path)
    parser.add_argument("--split", help="only rows whose field “split” says so, or that have none")
    parser.add_argument("--records", type=Path, help="where to keep what was measured, and to go on from")
    parser.add_argument("--pairs", type=Path, help="where to put each text with its plainer ones")
    parser.add_argument("--limit", type=int, help="stop after so many replies of each file")
    parser.add_argument("--every", type=int, default=1, help="only every Nth reply")
    parser.add_argument("--rules-only", action="store_true", help="leave the judge out")
    return parser.parse_args()


def _rows(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    for source in options.sources:
        rows = map(json.loads, source.read_text("utf8").splitlines())
        wanted = [r for r in rows if options.split is None or r.get("split", options.split) == options.split]
        yield from wanted[:: options.every][: options.limit]


def _records(path: Path | None) -> dict[str, dict[str, Any]]:
    if path is None or not path.exists():
        return {}
    rows = map(json.loads, path.read_text("utf8").splitlines())
    return {row.pop("id"): row for row in rows}


def _appending(path: Path | None) -> Any:
    return open(path if path is not None else os.devnull, "a", encoding="utf8")


def _record(checker: Checker, row: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """What one reply shows: counts by name; an exception counts and is printed."""
    text, client = row["reply"], row.get("client") or None
    counts: Counter[str] = Counter()
    texts = {"text": text}
    try:
        report = checker.check(draft_of(text, client=client))
        texts |= {"safe": report.plain_safe, "all": report.plain}
        if "f" in row:
            counts.update(_reach(checker, row))
        counts.update(_findings(report))
        for name in AFTER:
            counts.update(_laws(checker, report, texts[name], client, name))
    except Exception:  # counted: none may happen
        counts["exceptions"] += 1
        traceback.print_exc()
    return dict(counts), texts


def _reach(checker: Checker, row: dict[str, Any]) -> Iterator[str]:
    """The words that readers marked and tonecheck found too, and which of them carry an edit."""
    reply = judged(checker, row)
    for kind, span in reply.marked:
        fault = FAULT_LETTERS[kind[0]]
        hits = [f for f in reply.report.findings if f.fault == fault and f.span.overlaps(span)]
        edits = [edit for finding in hits for edit in finding.edits]
        if hits:
            yield f"marked {fault}"
        if edits:
            yield f"marked {fault} with an edit"
            if any(not WRITER_SLOT.search(e.text) for e in edits):
                yield f"marked {fault} with finished wording"


def _findings(report: Report) -> Iterator[str]:
    for finding in report.findings:
        yield f"found {finding.fault}"
        if finding.edits:
            yield f"found {finding.fault} with an edit"
        yield from {f"found {finding.fault}: {_kind(report.text, finding, e)}" for e in finding.edits}


def _kind(text: str, finding: Finding, edit: Edit) -> str:
    """What an edit does: asks the writer, leaves out, moves, or says it otherwise."""
    old = text[edit.span.start : edit.span.end]
    if WRITER_SLOT.search(edit.text):
        return "asks"
    if len(edit.text) > 1 and Counter(edit.text.split()) == Counter(old.split()):
        return "moves"
    return "leaves out" if len(edit.text.split()) <= 1 and len(old.split()) > 2 else "says it otherwise"


def _laws(checker: Checker, report: Report, plain: str, client: str | None, name: str) -> Iterator[str]:
    """Which laws the plainer text breaks."""
    yield f"{name} replies"
    if plain == report.text:
        return
    yield f"{name} changed"
    after = checker.check(draft_of(plain, client=client))
    if (after.plain_safe if name == "safe" else after.plain) != plain:
        yield f"{name} not idempotent"
    rose = [f for f in FAULTS if (after.score(f) or 0) > (report.score(f) or 0)]
    if rose:
        yield f"{name} a score rose"
    if _more(report, after):
        yield f"{name} a new finding"
    before, now = (checker.reading(draft_of(words, client=client)) for words in (report.text, plain))
    if set(now.rules) - set(before.rules):
        yield f"{name} another rule speaks"


def _more(before: Report, after: Report) -> bool:
    """Whether more sentences carry some fault, or one does whose words have not changed."""
    same = {before.words(s) for s in before.sentences}
    for fault in FAULTS:
        had, has = (
            Counter(
                r.words(s)
                for s in r.sentences
                if any(f.fault == fault and f.span.overlaps(s) for f in r.findings)
            )
            for r in (before, after)
        )
        new = has - had
        if any(words in same for words in new) or new.total() > (had - has).total():
            return True
    return False


def _table(records: Iterable[dict[str, Any]]) -> Iterator[str]:
    total: Counter[str] = Counter()
    for record in records:
        total.update(record)
    for name in sorted(total):
        whole = _whole(name, total)
        share = f"  {total[name] / whole:6.1%} of {whole}" if whole else ""
        yield f"{name:<48}{total[name]:>7}{share}"


def _whole(name: str, total: Counter[str]) -> int:
    """What a count is a share of."""
    first, second, *rest = [*name.replace(":", "").split(" "), ""]
    if first in AFTER and rest[:1] != [""]:
        return total[f"{first} replies"]
    if first in AFTER and second == "changed":
        return total[f"{first} replies"]
    return total[f"{first} {second}"] if rest[:1] != [""] else 0


if __name__ == "__main__":
    sys.exit(main())

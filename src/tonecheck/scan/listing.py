"""A scan's summary for a terminal and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from tonecheck.render.wording import MOVE_NAMES
from tonecheck.report import FAULT_LETTERS, FAULTS
from tonecheck.scan.summary import Group, Summary

__all__ = ["as_csv", "as_text"]

MOST_LINES = 12


def as_text(found: Summary) -> Iterator[str]:
    """The lines of the terminal's summary, the newest weeks last."""
    unread = f", {found.errors:,} could not be read" if found.errors else ""
    yield f"{found.mails:,} mails, {found.judged:,} judged{unread}"
    if not found.judged:
        return
    yield "mean scores: " + ", ".join(f"{f} {s:.1f}" for f, s in zip(FAULTS, found.scores, strict=True))
    if found.median_hours is not None:
        yield f"half of the replies took at most {found.median_hours:g} hours"
    for c in found.changes:
        yield f"{c.measure} before {found.date} {c.before:.1f}, after {c.after:.1f} (change {c.low:+.1f} to {c.high:+.1f})"
    for name, groups in (
        ("week", found.weeks[-MOST_LINES:]),
        ("team", found.teams),
        ("sender", found.senders),
    ):
        if groups:
            yield from ("", _head(name), *map(_group, groups))
    if found.kinds:
        yield from ("", f"{'type':<42}{'findings':>9}{'mails':>8}")
        for kind in sorted(found.kinds, key=lambda k: -k.mails)[:MOST_LINES]:
            yield f"{FAULT_LETTERS[kind.type[0]] + ': ' + kind.type[2:]:<42}{kind.findings:>9,}{kind.mails:>8,}"
    yield from ("", f"{'move':<42}{'there':>9}{'missed':>8}")
    for move in found.moves:
        yield f"{MOVE_NAMES[move.kind]:<42}{move.there:>9,}{move.missing:>8,}"
    if found.words:
        yield from ("", "commonest words")
        for w in found.words:
            yield f"{w.findings:>6,}  “{w.words}”  {FAULT_LETTERS[w.type[0]]}: {w.type[2:]}"
    if found.cooling:
        yield from ("", "threads that cool down")
        for thread in found.cooling:
            yield f"{thread.thread}  {thread.replies} replies; {'; '.join(thread.signs)}"
    if found.hidden:
        hidden = ", ".join(f"{count} {name}{'s' * (count > 1)}" for name, count in found.hidden.items())
        yield from ("", f"not shown, as too few: {hidden}")


def _head(name: str) -> str:
    return f"{name:<26}{'mails':>8}" + "".join(f"{fault:>15}" for fault in FAULTS) + f"{'hours':>8}"


def _group(group: Group) -> str:
    hours = "-" if group.hours is None else f"{group.hours:.1f}"
    scores = "".join(f"{score:>15.1f}" for score in group.scores)
    return f"{group.name[:25]:<26}{group.mails:>8,}{scores}{hours:>8}"


def as_csv(found: Summary) -> str:
    """One table of all numbers: what they are of, whose, which measure, how much."""
    written = io.StringIO()
    out = csv.writer(written, lineterminator="\n")
    out.writerow(("of", "name", "measure", "value"))
    for name in ("mails", "judged", "errors", "median_hours"):
        out.writerow(("all", "", name, getattr(found, name)))
    out.writerows(("all", "", fault, score) for fault, score in zip(FAULTS, found.scores, strict=False))
    for of, groups in (("week", found.weeks), ("team", found.teams), ("sender", found.senders)):
        for group in groups:
            values = (("mails", group.mails), *zip(FAULTS, group.scores, strict=True), ("hours", group.hours))
            out.writerows((of, group.name, measure, value) for measure, value in values)
    for kind in found.kinds:
        out.writerows(
            [("type", kind.type, "findings", kind.findings), ("type", kind.type, "mails", kind.mails)]
        )
    for move in found.moves:
        out.writerows(
            [("move", move.kind, "there", move.there), ("move", move.kind, "missing", move.missing)]
        )
    out.writerows(("hours", name, "replies", count) for name, count in found.hours)
    out.writerows(("words", w.words, w.type, w.findings) for w in found.words)
    out.writerows(("cooling", t.thread, "; ".join(t.signs), t.replies) for t in found.cooling)
    for c in found.changes:
        values = (("before", c.before), ("after", c.after), ("low", c.low), ("high", c.high))
        out.writerows((f"change at {found.date}", c.measure, measure, value) for measure, value in values)
    return written.getvalue()

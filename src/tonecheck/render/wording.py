"""What reports call the moves, and what to do about one that is missing."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tonecheck.report import FAULTS, Edit, Finding, Report, Span

__all__ = [
    "MOVE_NAMES",
    "MOVE_TIPS",
    "NOT_JUDGED",
    "TYPE_NAMES",
    "Lines",
    "moved_scores",
    "offer",
    "review",
    "summary",
    "waited",
]

TYPE_NAMES = {
    "D.blame": "the client is to blame",
    "D.deny": "denial",
    "D.minimise": "playing it down",
    "D.nonapology": "an apology that is none",
    "D.shield": "hiding behind policy",
    "D.edge": "an edge in the voice",
    "E.thirdparty": "others are to blame",
    "E.circumstance": "circumstances",
    "E.overload": "too much to do",
    "E.ignorance": "not having known",
    "E.system": "the system did it",
    "E.helpless": "nothing to be done",
    "E.effort": "having meant well",
    "X.euphemism": "a softer word for it",
    "X.jargon": "jargon",
    "X.inflated": "inflated words",
    "X.agentless": "nobody did it",
    "X.hedge": "casting doubt",
    "X.vague": "an empty promise",
    "X.boilerplate": "a form letter’s words",
}
MOVE_NAMES = {
    "thanks": "thanks for raising it",
    "listens": "the client's own problem in plain words",
    "perspective": "what it cost the client",
    "apologises": "an apology",
    "owns": "ownership",
    "fixes": "a concrete fix",
    "when": "a date or time",
    "collaborates": "a choice for the client",
    "prevents": "what changes so that it stays fixed",
    "makes_good": "something to make it good",
    "keeps_door_open": "an open door",
    "reason": "the reason behind it",
}
MOVE_TIPS = {
    "thanks": "Thank the client for telling you.",
    "listens": "Say back in plain words what went wrong for this client.",
    "perspective": "Name what it cost them: time, money, worry.",
    "apologises": "Say sorry for what happened, without “if” and without “but”.",
    "owns": "Say which part was yours: “we sent the wrong part”.",
    "fixes": "Say who does what about it.",
    "when": "Say by when, or when they will hear from you next.",
    "collaborates": "Ask which way they prefer.",
    "prevents": "Say what you have changed.",
    "makes_good": "Offer a refund, a credit or a replacement.",
    "keeps_door_open": "Give a name and a number or address for questions.",
    "reason": "A refusal without its reason reads as blind policy.",
}
NOT_JUDGED = {
    "language": "This draft is not in English; tonecheck judges English only.",
    "nothing written": "There is nothing here that the author wrote.",
    "mostly quoted": "Most of this is quoted; fewer than 15 words of its own get no scores.",
    "too short": "With fewer than 15 words of its own this draft gets no scores.",
}


@dataclass(frozen=True)
class Lines:
    """Line numbers of a text."""

    text: str
    starts: Sequence[int]

    @classmethod
    def of(cls, text: str) -> Lines:
        """The lines of a text; `\\n` ends a line."""
        return cls(text, [0, *(i + 1 for i, c in enumerate(text) if c == "\n")])

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def range(self, span: Span) -> str:
        """`line 3` or `lines 3-7`."""
        first, last = self.place(span.start)[0], self.place(max(span.start, span.end - 1))[0]
        return f"line {first}" if first == last else f"lines {first}-{last}"


def waited(hours: float) -> str:
    """`the client wrote 5 hours earlier`."""
    amount = f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"
    amount = "less than an hour" if hours < 1 else "1 hour" if 1 <= hours < 1.5 else amount
    return f"The client wrote {amount} before this reply."


def offer(text: str, finding: Finding, edit: Edit) -> tuple[str, str]:
    """What an edit of a finding in `text` offers, and what the writer has to see to."""
    old = text[edit.span.start : edit.span.end]
    words = " ".join(edit.text.split())
    if "[" in words:
        what = f"add “{words}”" if not old else f"“{_whole(text, edit)}”"
        return what, "fill in what only you know"
    if len(old.split()) > 3 and Counter(old.split()) == Counter(edit.text.split()):
        return f"put it behind “{_ending(edit, text[finding.span.start : finding.span.end])}”", ""
    only_a_capital = len(words) == 1 and old.endswith(words.lower())
    if only_a_capital and edit.span.end > finding.span.end:
        words = ""
    shown = f"“{_whole(text, edit)}”" if words else "leave it out"
    if edit.safe:
        return shown, ""
    return shown, "if it is true" if words else "if nothing is lost"


def _whole(text: str, edit: Edit) -> str:
    """The edit's wording with the rest of a word that it cuts, and the word before its full stop."""
    start, end = edit.span.start, edit.span.end
    while end < len(text) and edit.text[-1:].isalnum() and text[end].isalnum():
        end += 1
    if edit.text[:1] in set(".,;:!?"):
        start = len(text[:start].rstrip())
        while start > 0 and not text[start - 1].isspace():
            start -= 1
    words = text[start : edit.span.start] + edit.text + text[edit.span.end : end]
    return " ".join(words.split())


def _ending(edit: Edit, own: str) -> str:
    """The last words of what a sentence is moved behind."""
    rest = edit.text[: edit.text.rfind(own)] if own in edit.text else edit.text
    sentences = [s for s in re.split(r"(?<=[.!?…])\s+", rest.strip()) if s]
    words = sentences[-1].split() if sentences else []
    return " ".join(words if len(words) <= 6 else [*words[:6], "…"])


def moved_scores(before: Report, after: Report) -> Iterator[str]:
    """Each score that another check changed, as `excuses 31, was 52`."""
    for fault in FAULTS:
        old, new = before.score(fault), after.score(fault)
        if old is not None and new is not None and old != new:
            yield f"{fault} {new}, was {old}"


def summary(report: Report) -> str:
    """One line: how many findings, or why the draft was not judged."""
    if report.not_judged:
        return NOT_JUDGED.get(report.not_judged, f"Not judged: {report.not_judged}.")
    count = len(report.findings)
    return {0: "Nothing to mark.", 1: "1 finding."}.get(count, f"{count} findings.")


def review(report: Report) -> dict[str, Any]:
    """The report as data, with the wording that a page shows beside it: an offer for each edit, a summary."""
    offers = [
        [
            dict(zip(("words", "note"), offer(report.text, finding, edit), strict=True))
            for edit in finding.edits
        ]
        for finding in report.findings
    ]
    return {"report": report.to_dict(), "offers": offers, "summary": summary(report)}

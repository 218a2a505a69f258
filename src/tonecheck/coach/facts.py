"""What a rewrite must not lose: numbers, names, addresses, and what the draft promises."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tonecheck.coach.case import Case
from tonecheck.mail.draft import draft_of
from tonecheck.report import Report, Span

__all__ = ["facts_of", "lost", "must_keep", "promises", "strange_numbers"]

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://\S+|www\.\S+")
NUMBER = re.compile(r"(?:[£$€]\s?)?\d+(?:[.,:/-]\d+)*(?:\s?%)?")
NAME = re.compile(r"\b[A-ZÀ-ÖØ-Þ][^\W\d_]*[^\W\d_A-ZÀ-ÖØ-Þ]\b")
STARTS = re.compile(r"(?:^|[.!?:)]\s+|[“\"(]|\n\s*)$")
WORD = re.compile(r"\d+(?:[.,:/-]\d+)*|[^\W\d_]+")
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
COUNTS = "zero one two three four five six seven eight nine ten eleven twelve".split()
NO_NAMES = frozenset("I I’m I'm I’ll I'll I’ve I've Mr Mrs Ms Miss Dr Sir Madam Please Thank Thanks".split())
PROMISES = ("fixes", "when", "makes_good")


def must_keep(case: Case) -> tuple[str, ...]:
    """The facts of a case's draft: those its file lists, else all that stand outside the marked words."""
    if case.keep is not None:
        return case.keep
    return facts_of(case.draft, but=[mark.span for mark in case.marks])


def facts_of(text: str, *, but: Iterable[Span] = ()) -> tuple[str, ...]:
    """Numbers, names and addresses in what the author wrote, in order, each once.

    Words inside the spans `but` do not count, nor do greeting and signature.
    """
    draft = draft_of(text)
    closed = [*but, *(s.span for s in draft.skipped if s.kind not in {"url", "address"})]
    found: dict[int, str] = {}
    for block in draft.blocks:
        for start, word in _facts_in(text[block.start : block.end]):
            span = Span(block.start + start, block.start + start + len(word))
            if not any(other.overlaps(span) for other in closed):
                found.setdefault(span.start, word)
    return tuple(dict.fromkeys(found[start] for start in sorted(found)))


def _facts_in(text: str) -> Iterator[tuple[int, str]]:
    taken = [Span(*match.span()) for match in ADDRESS.finditer(text)]
    for span in taken:
        yield span.start, text[span.start : span.end]
    for match in (*NUMBER.finditer(text), *NAME.finditer(text)):
        word, start = match[0], match.start()
        if any(span.start <= start < span.end for span in taken) or word in NO_NAMES:
            continue
        if word[0].isdigit() or not word[0].isalpha() or not STARTS.search(text[:start]):
            yield start, word.strip()


def lost(facts: Iterable[str], text: str) -> tuple[str, ...]:
    """The facts that the text does not tell; “9:00”, “9” and “nine” are one number."""
    there = set(_plain_words(text))
    return tuple(fact for fact in facts if not set(_plain_words(fact)) <= there)


def strange_numbers(text: str, *known: str) -> tuple[str, ...]:
    """Numbers that the text tells and nothing known does: true perhaps, but only the writer can say so."""
    there = {word for other in known for word in _plain_words(other)}
    found = (match[0].strip() for match in NUMBER.finditer(text))
    return tuple(dict.fromkeys(n for n in found if not set(_plain_words(n)) <= there))


def promises(report: Report, *, but: Iterable[Span] = (), loosely: bool = False) -> frozenset[str]:
    """The kinds of promise that a report found, outside the spans `but`: a fix, a time, a gesture.

    Loosely, a fix may be the gesture: new parts for broken ones are either.
    """
    closed = list(but)
    found = {
        move.kind
        for move in report.moves
        if move.kind in PROMISES and not any(move.span.overlaps(span) for span in closed)
    }
    return frozenset(found | {"makes_good"} if loosely and "fixes" in found else found)


def _plain_words(text: str) -> Iterator[str]:
    for word in WORD.findall(THOUSANDS.sub("", text)):
        small = word.lower()
        if small in COUNTS:
            yield str(COUNTS.index(small))
        elif small[0].isdigit():
            yield re.sub(r"[:.]00$", "", small).lstrip("0") or "0"
        else:
            yield small

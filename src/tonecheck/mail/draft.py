"""The Draft: a text, the stretches of it that its author wrote, and what the client wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tonecheck.mail.lines import Line, kinds_of, lines_of
from tonecheck.report import Skipped, Span

__all__ = ["Draft", "draft_of"]

URL = re.compile(
    r"(?:https?://|www\.)[^\s<>\"']+[^\s<>\"'.,;:!?)]|<[^\s@<>]+@[^\s@<>]+>|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
)
LIST_MARK = re.compile(r"[ \t]*(?:[-*•–·]|\(?\d{1,2}[.)]|[a-z]\)|#{1,6})[ \t]+")
QUOTED = re.compile(r"“([^“”\n]{8,}?)”|\"([^\"\n]{8,}?)\"")
YOU_SAID = re.compile(r"\b(?:you|your)\b[^.!?\n]{0,40}$", re.IGNORECASE)
CODE_SPAN = re.compile(r"`[^`\n]+`")
WORD = re.compile(r"[^\W\d_]+")
MOSTLY = 0.5
WRAPPED_WIDTH = 60


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be judged.

    `blocks` are the author's paragraphs and list items, in order, without overlap; a block may
    hold small skipped stretches (a URL, the client's words in quotation marks). `skipped` are the
    stretches that are not the author's prose, with their kinds. `client` is the client's message,
    if known. `source` names file and part. `not_judged` gives the reason where nothing can be.
    """

    text: str
    blocks: tuple[Span, ...]
    skipped: tuple[Skipped, ...] = ()
    client: str | None = None
    source: str = "<text>"
    waited_hours: float | None = None
    not_judged: str | None = None
    notes: tuple[str, ...] = ()


def draft_of(
    text: str,
    *,
    client: str | None = None,
    source: str = "<text>",
    given: Sequence[Skipped] = (),
) -> Draft:
    """The Draft in a text; `given` are stretches that its markup already sets apart.

    Without `client` the client's message is the topmost quote, if there is one.
    """
    lines = kinds_of(lines_of(text), given)
    client = client if client is not None else _client_of(text, lines, given)
    outer = tuple(_merged(text, lines)) + tuple(_inside_lines(lines))
    blocks = tuple(_blocks(text, lines))
    inner = tuple(_inner(text, blocks, client or ""))
    skipped = tuple(sorted({*outer, *inner}))
    draft = Draft(text, blocks, skipped, client, source)
    written = sum(_words(text, block) for block in blocks) - sum(_words(text, s.span) for s in inner)
    if written <= 0:
        kinds = ", ".join(dict.fromkeys(s.kind for s in skipped)) or "blank"
        note = f"Nothing here was written by the author: all of it is {kinds}."
        return replace(draft, blocks=(), not_judged="nothing written", notes=(note,))
    whole = len(WORD.findall(text))
    if written < MOSTLY * whole:
        share = round(100 - 100 * written / whole)
        return replace(draft, notes=(f"{share} % of this text was not judged; see what was skipped.",))
    return draft


def _words(text: str, span: Span) -> int:
    return len(WORD.findall(text[span.start : span.end]))


def _merged(text: str, lines: Iterable[Line]) -> Iterator[Skipped]:
    """Neighbouring skipped lines of one kind, as one stretch."""
    kind, start, end = "", 0, 0
    for line in lines:
        if line.kind == kind:
            end = line.span.end if text[line.span.start : line.span.end].strip() else end
            continue
        if kind not in {"", "blank"}:
            yield Skipped(Span(start, end), kind)
        kind, start, end = line.kind, line.span.start, line.span.end
    if kind not in {"", "blank"}:
        yield Skipped(Span(start, end), kind)


def _inside_lines(lines: Iterable[Line]) -> Iterator[Skipped]:
    """The greeting that shares its line with the first sentence."""
    for line in lines:
        if line.greeting:
            yield Skipped(Span(line.span.start, line.span.start + line.greeting), "greeting")


def _blocks(text: str, lines: Sequence[Line]) -> Iterator[Span]:
    """The author's paragraphs, list items and headings; a list mark is not part of its item."""
    widest = max((len(line.span) for line in lines if not line.kind), default=0)
    start: int | None = None
    end = 0
    for before, line in zip((None, *lines), lines, strict=False):
        mark = LIST_MARK.match(text, line.span.start, line.span.end) if not line.kind else None
        if start is not None and (line.kind or mark or _breaks(text, before, line, widest)):
            yield Span(start, end)
            start = None
        if line.kind:
            continue
        begin = mark.end() if mark else line.span.start + line.greeting
        words = text[begin : line.span.end]
        if start is None and words.strip():
            start = begin + len(words) - len(words.lstrip())
        end = line.span.start + len(text[line.span.start : line.span.end].rstrip())
    if start is not None and end > start:
        yield Span(start, end)


def _breaks(text: str, before: Line | None, line: Line, widest: int) -> bool:
    """Whether a line break ends a thought: a short line that ran out before the margin."""
    if before is None or before.kind:
        return False
    upper = text[before.span.start : before.span.end].rstrip()
    lower = text[line.span.start : line.span.end].lstrip()
    room = max(widest, WRAPPED_WIDTH) - len(upper)
    first_word = len(lower.split(" ", 1)[0])
    return room > first_word + 1 and lower[:1].isupper() and upper[-1:] not in ".,;!?"


def _inner(text: str, blocks: Iterable[Span], client: str) -> Iterator[Skipped]:
    """URLs, addresses, code and the client's own sentences inside the author's paragraphs."""
    theirs = _plain(client)
    for block in blocks:
        for kind, pattern in (("url", URL), ("code", CODE_SPAN)):
            for match in pattern.finditer(text, block.start, block.end):
                yield Skipped(Span(*match.span()), kind)
        for match in QUOTED.finditer(text, block.start, block.end):
            words = match[1] or match[2]
            said = YOU_SAID.search(text, block.start, match.start()) is not None
            if (theirs and _plain(words) in theirs) or said and len(words.split()) > 3:
                yield Skipped(Span(*match.span()), "client's words")


def _plain(text: str) -> str:
    return " ".join(WORD.findall(text.lower()))


def _client_of(text: str, lines: Iterable[Line], given: Sequence[Skipped]) -> str | None:
    """The client's message: the first quote, without marks, attribution and header lines."""
    kept: list[str] = []
    for line in lines:
        if line.kind == "quote":
            words = text[line.span.start : line.span.end]
            depth = re.match(r"[ \t]*((?:>[ \t]?)*)", words)
            if depth and depth[1].count(">") > 1:
                continue
            kept.append(words[depth.end() :] if depth else words)
    message = "\n".join(kept).strip()
    return message or None

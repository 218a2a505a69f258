"""The author's lines as paragraphs, list items and headings, and what is not theirs inside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from tonecheck.mail.lines import Line
from tonecheck.report import Skipped, Span

__all__ = ["WORD", "blocks_of", "inner_of"]

URL = re.compile(
    r"(?:https?://|www\.|mailto:)[^\s<>\"']+[^\s<>\"'.,;:!?)]|<[^\s@<>]+@[^\s@<>]+>"
    r"|(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+"
)
LIST_MARK = re.compile(r"[ \t]*+(?:[-*•–·◦]|(?P<number>\(?\d{1,2}[.)]|[a-z]\))|#{1,6})[ \t]++")
QUOTED = re.compile(r"“([^“”]{8,})”|(?<!\w)\"(?=\S)([^\"]{8,})(?<=\S)\"|„([^„“”]{8,})[“”]|«([^«»]{8,})»")
YOU_SAID = re.compile(r"\b(?:you|your)\b[^.!?\n]{0,40}$", re.IGNORECASE)
CODE_SPAN = re.compile(r"`[^`\n]+`")
WORD = re.compile(r"[^\W\d_]+")
# A thought does not end in these, however short its line.
GOES_ON = re.compile(r"\b(?:an?|and|as|at|but|by|for|from|if|in|my|of|on|or|our|that|the|to|with|your)$")
WRAPPED_WIDTH = 60
LONGEST_CLIENT = 100_000


def blocks_of(lines: Sequence[Line], *, flowed: bool = False) -> Iterator[Span]:
    """The author's paragraphs, list items and headings; a list mark is not part of its item."""
    width = _widths(lines)
    start: int | None = None
    end = 0
    in_list = False
    before: Line | None = None
    for i, line in enumerate(lines):
        mark = None if line.kind else LIST_MARK.match(line.text)
        if mark is not None and not _is_item(mark, before, in_list):
            mark = None
        if start is not None and (line.kind or mark or _breaks(before, line, width[i], in_list, flowed)):
            yield Span(start, end)
            start = None
        in_list = not line.kind and (mark is not None or in_list)
        before = line
        if line.kind:
            continue
        begin = mark.end() if mark else line.greeting
        words = line.text[begin:]
        if start is None and words.strip():
            start = line.span.start + begin + len(words) - len(words.lstrip())
        end = line.span.start + len(line.text.rstrip())
    if start is not None and end > start:
        yield Span(start, end)


def _is_item(mark: re.Match[str], before: Line | None, in_list: bool) -> bool:
    """Whether a mark opens an item; a number may as well be the end of a wrapped sentence."""
    if mark["number"] is None or before is None or before.kind or in_list:
        return True
    return before.text.rstrip().endswith((".", ":", "!", "?", ";"))


def _widths(lines: Sequence[Line]) -> list[int]:
    """For each line the margin of its paragraph: its longest line, and no less than 60."""
    widths = [WRAPPED_WIDTH] * len(lines)
    start = 0
    for i in range(len(lines) + 1):
        if i == len(lines) or lines[i].kind:
            widest = max((len(line.span) for line in lines[start:i]), default=0)
            widths[start:i] = [max(WRAPPED_WIDTH, widest)] * (i - start)
            start = i + 1
    return widths


def _breaks(before: Line | None, line: Line, width: int, in_list: bool, flowed: bool) -> bool:
    """Whether a line break ends a thought: a short line that ran out before the margin."""
    if before is None or before.kind:
        return False
    if (flowed and before.text.endswith(" ")) or (in_list and line.text.startswith((" ", "\t"))):
        return False
    upper, lower = before.text.rstrip(), line.text.lstrip()
    first_word = len(lower[:200].split(" ", 1)[0])
    has_room = width - len(upper) > first_word + 1 and GOES_ON.search(upper[-8:]) is None
    return has_room and lower[:1].isupper() and upper[-1:] not in ".,;!?"


def inner_of(
    text: str, blocks: Iterable[Span], client: str, given: Sequence[Skipped] = ()
) -> Iterator[Skipped]:
    """URLs, addresses, code and the client's own sentences inside the author's paragraphs.

    They come in order and without overlap. `given` are stretches that the markup sets apart.
    """
    theirs = f" {_plain(client[:LONGEST_CLIENT])} "
    apart = sorted(given)
    first = 0
    for block in blocks:
        found = [*_matches(text, block), *_clients_words(text, block, theirs)]
        while first < len(apart) and apart[first].span.end <= block.start:
            first += 1
        here = first
        while here < len(apart) and apart[here].span.start < block.end:
            found.extend(_within(text, apart[here], block))
            here += 1
        yield from _without_overlap(found)


def _within(text: str, stretch: Skipped, block: Span) -> Iterator[Skipped]:
    start, end = max(stretch.span.start, block.start), min(stretch.span.end, block.end)
    words = text[start:end]
    if words.strip():
        start += len(words) - len(words.lstrip())
        yield Skipped(Span(start, start + len(words.strip())), stretch.kind)


def _without_overlap(found: list[Skipped]) -> Iterator[Skipped]:
    end = -1
    for stretch in sorted(found, key=lambda s: (s.span.start, -s.span.end)):
        if stretch.span.start >= end:
            yield stretch
            end = stretch.span.end


def _matches(text: str, block: Span) -> Iterator[Skipped]:
    for kind, pattern in (("url", URL), ("code", CODE_SPAN)):
        for match in pattern.finditer(text, block.start, block.end):
            yield Skipped(Span(*match.span()), kind)


def _clients_words(text: str, block: Span, theirs: str) -> Iterator[Skipped]:
    """What stands in quotation marks and in the client's message, or after “you wrote”."""
    for match in QUOTED.finditer(text, block.start, block.end):
        words = match[match.lastindex or 0]
        plain = _plain(words)
        said = YOU_SAID.search(text, max(block.start, match.start() - 60), match.start()) is not None
        if plain and (f" {plain} " in theirs or (said and len(words.split()) > 3)):
            yield Skipped(Span(*match.span()), "client's words")


def _plain(text: str) -> str:
    return " ".join(WORD.findall(text.lower()))

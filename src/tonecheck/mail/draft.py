"""The Draft: a text, the stretches of it that its author wrote, and what the client wrote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tonecheck.mail.blocks import WORD, blocks_of, inner_of
from tonecheck.mail.client import quoted_mail
from tonecheck.mail.dates import hours_between
from tonecheck.mail.kinds import kinds_of
from tonecheck.mail.lines import Line, lines_of
from tonecheck.report import Skipped, Span

__all__ = ["Draft", "draft_of", "few_words", "own_text"]

MOSTLY = 0.5
MIN_WORDS = 15
QUOTES = frozenset({"quote", "forward", "client's words"})


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be judged.

    `blocks` are the author's paragraphs and list items, in order, without overlap; a block may
    hold small skipped stretches (a URL, the client's words in quotation marks). `skipped` are the
    stretches that are not the author's prose, with their kinds, in order, without overlap.
    `client` is the client's message, if known. `source` names file and part. `not_judged` gives
    the reason where nothing can be.
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
    flowed: bool = False,
    written: datetime | None = None,
    sent: datetime | None = None,
) -> Draft:
    """The Draft in a text; `given` are stretches that its markup already sets apart.

    Without `client` the client's message is the topmost quote, if there is one. `flowed` is the
    mail's format=flowed. `written` and `sent` are the moments of the draft and of the client's
    message, for `waited_hours`; the quote's own date line stands in for `sent`.
    """
    lines = kinds_of(lines_of(text), given, flowed=flowed)
    quoted = quoted_mail(lines)
    if sent is None and quoted is not None and written is not None:
        sent = quoted.sent(written)
    waited = hours_between(sent, written) if sent is not None and written is not None else None
    if client is None and quoted is not None:
        client = quoted.text
    blocks = tuple(blocks_of(lines, flowed=flowed))
    inner = tuple(inner_of(text, blocks, client or "", given))
    skipped = tuple(sorted((*_merged(lines), *_greetings(lines), *inner)))
    return _noted(Draft(text, blocks, skipped, client, source, waited), inner)


def _noted(draft: Draft, inner: Iterable[Skipped]) -> Draft:
    """The draft, saying so where most or all of it is not judged."""
    text = draft.text
    written = sum(_words(text, block) for block in draft.blocks) - sum(_words(text, s.span) for s in inner)
    if written <= 0:
        kinds = ", ".join(dict.fromkeys(s.kind for s in draft.skipped))
        what = f"was written by the author: all of it is {kinds}" if kinds else "has words"
        note = f"Nothing here {what}."
        return replace(draft, blocks=(), not_judged="nothing written", notes=(note,))
    whole = len(WORD.findall(text))
    if written < MOSTLY * whole:
        share = round(100 - 100 * written / whole)
        return replace(draft, notes=(f"{share} % of this text was not judged; see what was skipped.",))
    return draft


def own_text(draft: Draft) -> str:
    """What the author wrote, without what stands between and inside."""
    pieces: list[str] = []
    skipped = iter(draft.skipped)
    apart = next(skipped, None)
    for block in draft.blocks:
        at = block.start
        while apart is not None and apart.span.start < block.end:
            pieces.append(draft.text[at : max(at, apart.span.start)])
            at = max(at, apart.span.end)
            apart = next(skipped, None)
        pieces.append(draft.text[at : block.end])
    return " ".join(piece for piece in pieces if piece.strip())


def few_words(draft: Draft) -> str | None:
    """Why a draft with fewer than 15 words of its author's is not judged; None for a longer one."""
    written = len(own_text(draft).split())
    if written >= MIN_WORDS:
        return None
    quoted = sum(_words(draft.text, s.span) for s in draft.skipped if s.kind in QUOTES)
    return "mostly quoted" if quoted > written else "too short"


def _words(text: str, span: Span) -> int:
    return len(WORD.findall(text[span.start : span.end]))


def _merged(lines: Iterable[Line]) -> Iterator[Skipped]:
    """Neighbouring skipped lines of one kind, blank ones between them included, as one stretch."""
    kind, start, end = "", 0, 0
    for line in lines:
        if not line.text.strip() or line.kind == "blank":
            continue
        if line.kind == kind:
            end = line.span.end
            continue
        if kind:
            yield Skipped(Span(start, end), kind)
        kind, start, end = line.kind, line.span.start, line.span.end
    if kind:
        yield Skipped(Span(start, end), kind)


def _greetings(lines: Iterable[Line]) -> Iterator[Skipped]:
    """The greeting that shares its line with the first sentence."""
    for line in lines:
        if line.greeting:
            start = line.span.start + len(line.text) - len(line.text.lstrip())
            yield Skipped(Span(start, line.span.start + line.greeting), "greeting")

"""The Draft: a text, the stretches of it that its author wrote, and what the client wrote."""

from __future__ import annotations

from dataclasses import dataclass

from tonecheck.report import Skipped, Span

__all__ = ["Draft"]


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be judged.

    `blocks` are the author's paragraphs and list items, in order, without overlap; a block may
    hold small skipped spans (a URL, the client's words in quotation marks). `skipped` are the
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

"""A draft cut into its words, to be marked one by one."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["words_of"]


def words_of(text: str) -> Sequence[tuple[str, int, int]]:
    """The text in pieces, each with its place; what stands between words has the place (0, 0)."""
    pieces = []
    for match in re.finditer(r"\S+|\s+", text):
        span = match.span() if not match[0].isspace() else (0, 0)
        pieces.append((match[0], *span))
    return pieces

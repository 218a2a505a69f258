"""Whether a text is English: by its little words, and in doubt by a language identifier."""

from __future__ import annotations

import re

__all__ = ["is_english"]

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
LITTLE_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "by",
        "can",
        "do",
        "for",
        "from",
        "had",
        "has",
        "have",
        "he",
        "her",
        "his",
        "i",
        "if",
        "in",
        "is",
        "it",
        "its",
        "me",
        "my",
        "not",
        "of",
        "on",
        "or",
        "our",
        "she",
        "so",
        "that",
        "the",
        "their",
        "them",
        "they",
        "this",
        "to",
        "us",
        "was",
        "we",
        "were",
        "what",
        "when",
        "which",
        "will",
        "with",
        "would",
        "you",
        "your",
        "i'm",
        "i'll",
        "we'll",
        "we're",
        "we've",
        "it's",
        "don't",
    ]
)
ENOUGH = 0.2
FEW_WORDS = 6


def is_english(text: str) -> bool:
    """Whether the author's own words are English; a text of a few words gets the benefit."""
    words = [word.lower().replace("’", "'") for word in WORD.findall(text)]
    if not words:
        return True
    share = sum(word in LITTLE_WORDS for word in words) / len(words)
    if share >= ENOUGH:
        return True
    foreign = sum(not word.isascii() for word in words) > len(words) / 2
    if len(words) < FEW_WORDS:
        return not foreign
    if foreign:
        return False
    from py3langid import classify  # 0.1 s and a model: only where the little words leave a doubt

    return bool(classify(" ".join(words))[0] == "en")

"""TextBlob's polarity and subjectivity: the only import of TextBlob."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tonecheck.lean import empty_package
from tonecheck.report import Sentiment

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["sentiment_of"]


def sentiment_of(text: str) -> Sentiment:
    """How kind the words are (-1 to 1) and how personal (0 to 1); no measure of a good reply."""
    polarity, subjectivity = _sentiment()(text)
    return Sentiment(float(polarity), float(subjectivity))


@cache
def _sentiment() -> Callable[[str], tuple[float, float]]:
    """What `TextBlob(text).sentiment` calls, without the NLTK that its package imports."""
    try:
        with empty_package("textblob"):
            from textblob.en import sentiment
    except ImportError:  # a TextBlob that is laid out in another way
        from textblob import TextBlob

        return lambda text: TextBlob(text).sentiment
    return sentiment  # type: ignore[no-any-return]

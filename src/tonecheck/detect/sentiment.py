"""TextBlob's polarity and subjectivity: the only import of TextBlob."""

from __future__ import annotations

from textblob import TextBlob

from tonecheck.report import Sentiment

__all__ = ["sentiment_of"]


def sentiment_of(text: str) -> Sentiment:
    """How kind the words are (-1 to 1) and how personal (0 to 1); no measure of a good reply."""
    polarity, subjectivity = TextBlob(text).sentiment
    return Sentiment(float(polarity), float(subjectivity))

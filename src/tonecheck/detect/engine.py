"""spaCy, imported without its command line: every other module takes spaCy's names from here."""

from __future__ import annotations

from tonecheck.lean import set_aside

try:
    with set_aside("spacy.cli", "spacy.cli.info"):
        import spacy
except ImportError:  # a spaCy that needs more of its command line
    import spacy
from spacy.lang.en.lemmatizer import EnglishLemmatizer
from spacy.language import Language
from spacy.matcher import DependencyMatcher, Matcher
from spacy.tokenizer import Tokenizer  # type: ignore[import-not-found]
from spacy.tokens import Doc, Token
from spacy.tokens import Span as DocSpan
from spacy.util import registry
from thinc.api import use_ops

__all__ = [
    "DependencyMatcher",
    "Doc",
    "DocSpan",
    "EnglishLemmatizer",
    "Language",
    "Matcher",
    "Token",
    "Tokenizer",
    "registry",
    "spacy",
    "use_ops",
]

"""The pipeline's lemmatizer: spaCy's tables, and names keep their capitals."""

from __future__ import annotations

from typing import Any

from tonecheck.detect.engine import EnglishLemmatizer, Language, Token

__all__ = ["LEMMATIZER", "Lemmatizer"]

LEMMATIZER = "tonecheck_lemmatizer"


class Lemmatizer(EnglishLemmatizer):
    """spaCy lowers every word that its morphology calls a base form; this one asks the tables first.

    “Israeli” and “PDF” stay as they are written, and names in the plural lose their ending.
    """

    def rule_lemmatize(self, token: Token) -> list[str]:
        """The lemma of a tagged token, as a list of one."""
        if token.tag_ == "NNPS":
            return [_singular(token.text)]
        if token.tag_ == "PRP$" and token.lower_ == "her":
            return ["her"]
        if token.is_lower or not self.is_base_form(token):
            return [str(lemma) for lemma in super().rule_lemmatize(token)]
        kind, word = token.pos_.lower(), token.lower_
        told = self.lookups.get_table("lemma_exc").get(kind, {}).get(word)
        if told:
            return [str(told[0])]
        return [word if word in self.lookups.get_table("lemma_index").get(kind, {}) else token.text]


def _singular(name: str) -> str:
    if len(name) < 4 or not name.endswith("s"):
        return name
    return f"{name[:-3]}y" if name.endswith("ies") and len(name) > 5 else name[:-1]


@Language.factory(LEMMATIZER, assigns=["token.lemma"], requires=["token.pos", "token.tag", "token.morph"])
def lemmatizer(nlp: Language, name: str) -> Any:
    """The component for a pipeline; its tables are loaded with it."""
    return Lemmatizer(nlp.vocab, None, name, mode="rule")

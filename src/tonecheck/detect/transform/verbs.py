"""Verb groups: the passive taken apart, and the same tense in the active for *we*."""

from __future__ import annotations

from dataclasses import dataclass

from lemminflect import getInflection

from tonecheck.detect.engine import Token

__all__ = ["Passive", "active_verb", "passive_of"]

NOT = frozenset(("not", "n't"))
# What stands before “been” or “being” may be cut short: “it's been sent”, “they'd been told”.
HAVE = {
    "has": "have",
    "have": "have",
    "had": "had",
    "'s": "have",
    "'ve": "have",
    "'d": "had",
    "having": "having",
}
BE = {
    "is": "are",
    "are": "are",
    "was": "were",
    "were": "were",
    "'s": "are",
    "'re": "are",
    "am": "are",
    "'m": "are",
}
MODALS = {
    "will": "will", "'ll": "will", "wo": "wo", "shall": "shall", "would": "would", "'d": "would", "should": "should",
    "can": "can", "ca": "ca", "could": "could", "may": "may", "might": "might", "must": "must",
}  # fmt: skip

SINGULAR = {"have": "has", "are": "is", "were": "was"}


@dataclass(frozen=True, slots=True)
class Passive:
    """A passive verb group: its helping verbs, negation and adverbs in order, then the participle.

    `helpers` ends with the form of *be* that makes it passive; `between` are the words other than
    helpers that stand before the participle.
    """

    helpers: tuple[Token, ...]
    between: tuple[Token, ...]
    participle: Token

    @property
    def first(self) -> Token:
        """The first helping verb."""
        return self.helpers[0]


def passive_of(participle: Token) -> Passive | None:
    """The passive group that ends with this participle; None where there is none, or a bent one."""
    helpers: list[Token] = []
    between: list[Token] = []
    for token in reversed(participle.doc[participle.sent.start : participle.i]):
        if token.lower_ in {"be", "been", "being", *BE, *HAVE, *MODALS} and _helps(
            token, participle, helpers
        ):
            helpers.append(token)
        elif token.lower_ in NOT or token.tag_ == "RB":
            between.append(token)
        else:
            break
    while between and helpers and between[-1].i < helpers[-1].i:
        between.pop()
    if not helpers or not _is_passive(tuple(reversed(helpers))):
        return None
    return Passive(tuple(reversed(helpers)), tuple(reversed(between)), participle)


def _helps(token: Token, participle: Token, later: list[Token]) -> bool:
    """Whether a word like “'s” or “had” is part of this group, and not the verb of another."""
    if token.head == participle and token.dep_.startswith("aux"):
        return True
    return bool(later) and token.tag_[:2] in {"VB", "MD"} and later[-1].lower_ in {"be", "been", "being"}


def _is_passive(helpers: tuple[Token, ...]) -> bool:
    return _shape([h.lower_ for h in helpers]) is not None


def _shape(words: list[str]) -> tuple[str, ...] | None:
    """The kinds of helping verbs: modal, have, be; None where they do not make a passive.

    Nor for *is* and *are*: “your order is delayed” is a state, and “we delay it” a habit.
    """
    if len(words) == 1:
        return ("be",) if words[0] in {"was", "were"} else None
    first, *rest = words
    if first in MODALS and rest in (["be"], ["have", "been"]):
        return ("modal", *("have" for _ in rest[1:]))
    if first in HAVE and rest == ["been"]:
        return ("have",)
    if first in BE and rest == ["being"]:
        return ("be", "being")
    return None


def active_verb(passive: Passive, *, plural: bool = True) -> str:
    """The group in the active, for *we*, or for one other: “has already been sent” to “have already sent”.

    Adverbs and negation keep their order; where only *did* can carry the negation, it comes in.
    """
    words = [h.lower_ for h in passive.helpers]
    shape = _shape(words)
    between = [t.lower_ if t.lower_ in NOT else t.text for t in passive.between]
    negated = any(word in NOT for word in between)
    if shape == ("be",) and not negated:
        return " ".join([*between, inflected_as(passive.participle, "VBD")])
    if shape == ("be",):
        helpers, tag = ["did"], "VB"
    elif shape == ("be", "being"):
        helpers, tag = [BE[words[0]]], "VBG"
    elif shape == ("have",):
        helpers, tag = [HAVE[words[0]]], "VBN"
    else:
        helpers = [MODALS[words[0]], *(["have"] if len(words) > 2 else [])]
        tag = "VBN" if len(words) > 2 else "VB"
    if not plural:
        helpers[0] = SINGULAR.get(helpers[0], helpers[0])
    return _joined(helpers[0], between, [*helpers[1:], inflected_as(passive.participle, tag)])


def _joined(helper: str, between: list[str], rest: list[str]) -> str:
    """The words with “n't” bound to the helping verb."""
    if "n't" in between:
        helper += "n't"
        between = [word for word in between if word != "n't"]
    if helper == "can" and between[:1] == ["not"]:
        helper, between = "cannot", between[1:]
    return " ".join([helper, *between, *rest])


def inflected_as(participle: Token, tag: str) -> str:
    """The participle's verb in another form; a regular past keeps its spelling."""
    word = participle.lower_
    if tag == "VBN" or (tag == "VBD" and word.endswith("ed")):
        return word
    lemma = participle.lemma_.lower()
    if tag == "VB":
        return lemma
    forms = getInflection(lemma, tag) or (lemma,)
    if tag == "VBG" and word.endswith("lled") and not lemma.endswith("ll"):
        return f"{lemma}ling"
    return str(forms[0])

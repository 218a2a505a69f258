"""Profiles: what the occasion of a letter changes in what is asked of it and offered to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tonecheck.report import Edit, Finding

__all__ = ["DEFAULT_PROFILE", "PROFILES", "Profile", "offered"]

DEFAULT_PROFILE = "support"


@dataclass(frozen=True, slots=True)
class Profile:
    """One occasion.

    `off` are rules that stay silent. `not_missed` are moves whose absence is not remarked on.
    `withheld` is what no edit may say unless the draft says it already. With `in_full` edits use
    no contractions.
    """

    about: str
    off: tuple[str, ...] = ()
    not_missed: frozenset[str] = frozenset()
    withheld: re.Pattern[str] | None = None
    in_full: bool = False


# Words that admit a fault, own it, name who did it, or make a real apology out of another one.
ADMITS = re.compile(
    r"\b(?:sorry (?:that|for|about)|apologi[sz]e (?:that|for|about) \[|apolog(?:y|ies)"
    r"|mistakes?|wrong|(?:my|our)(?: own)? (?:fault|error|failure)|good enough"
    r"|(?:i|we) (?:made|got|forgot|failed|missed|decided|caused|broke|did not (?:check|know|ask))"
    r"|(?:i|we) (?:should|could) (?:\w+ ){0,2}have|our part in it|fell short"
    r"|(?:i|we) (?:(?:have|had|did|not|never|\w+n['’]t|\w+ly) )*(?:\w+ed|sent|lost|gave|given|took|told|left"
    r"|misread|misled|mislaid|misspelt|chose|put|forgotten))\b"
    r"|\[(?:who|i, we)\] (?!will)|\[what (?:i|we) ",
    re.IGNORECASE,
)

PROFILES = {
    "support": Profile("Answers to clients, the usual case."),
    "disputed": Profile(
        "Liability is in dispute: no edit admits or owns, and neither is asked for.",
        # The reservation is the point of such a letter, and its plain wording would give it away.
        off=("defensiveness/no-admission-of-liability",),
        not_missed=frozenset({"apologises", "owns"}),
        withheld=ADMITS,
    ),
    "formal": Profile(
        "Formal correspondence: the formulae of letters pass, and edits use no contractions.",
        off=(
            "doublespeak/as-per",
            "doublespeak/for-your-kind-perusal",
            "doublespeak/please-be-advised",
            "doublespeak/prior-to",
            "doublespeak/regret-to-inform",
        ),
        in_full=True,
    ),
}

# “It's been” and “she's decided” may stand for “has”: they stay.
IN_FULL = tuple(
    (re.compile(contracted, re.IGNORECASE), words)
    for contracted, words in {
        r"\b(can)['’]t\b": r"\1not",
        r"\b(w)on['’]t\b": r"\1ill not",
        r"\b(let)['’]s\b": r"\1 us",
        r"(\w)n['’]t\b": r"\1 not",
        r"(\w)['’]ll\b": r"\1 will",
        r"(\w)['’]re\b": r"\1 are",
        r"(\w)['’]ve\b": r"\1 have",
        r"\b(I)['’]m\b": r"\1 am",
        r"\b(s?he|it|that|t?here|what|who)['’]s\b(?! (?:been|got|had|\w+ed)\b)": r"\1 is",
    }.items()
)


def offered(profile: Profile, finding: Finding, text: str) -> Finding:
    """The finding with those edits of the draft `text` that the profile offers, worded its way."""
    return replace(finding, edits=tuple(_offered(profile, finding.edits, text)))


def _offered(profile: Profile, edits: tuple[Edit, ...], text: str) -> Iterator[Edit]:
    for edit in edits:
        if profile.withheld is not None:
            old = text[edit.span.start : edit.span.end].casefold()
            if any(said[0].casefold() not in old for said in profile.withheld.finditer(edit.text)):
                continue
        yield replace(edit, text=_in_full(edit.text)) if profile.in_full else edit


def _in_full(wording: str) -> str:
    """The wording without contractions; those that may stand for two things stay."""
    for contracted, words in IN_FULL:
        wording = contracted.sub(words, wording)
    return wording

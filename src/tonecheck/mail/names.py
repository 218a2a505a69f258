"""Whether a line is a name, a line of a business card, or a sentence."""

from __future__ import annotations

import re

__all__ = ["is_card_line", "is_name", "is_prose"]

MAX_NAME = 5
NAME_WORD = re.compile(r"[^\W\d_][\w'’-]*\.?$|\{\{? ?\w+ ?\}?\}$|\[[\w' ]+\]$")
PARTICLE_WORDS = "de da del della der den di du la le van von vom zu zur y e bin al and und & ten ter"
PARTICLES = frozenset(PARTICLE_WORDS.split())
# Words that make a line a clause, or a heading, and so no name.
CLAUSE_WORDS = """i i'm i've i'll i'd we we're we've we'll you you're he she it it's its they them their
this that these those there here is are was were be been am will would can could may might must should
shall do does did don't doesn't didn't has have had not yes none nothing please sorry thanks thank
apologies unfortunately however mine if when because but or so what why how where who as than then now
today tomorrow yesterday monday tuesday wednesday thursday friday saturday sunday ok okay sure agreed
done noted correct right wrong regarding update note hello hi dear"""
# These stand in titles and company names too: "Head of Service", "Bread by Ann".
TITLE_WORDS = "of for in on at from with by to our your yours no re order refund invoice the us me"
CARD_CLAUSE = frozenset(CLAUSE_WORDS.split())
CLAUSE = CARD_CLAUSE | frozenset(TITLE_WORDS.split())
CONTACT = re.compile(
    r"https?://|www\.|@|\+?\(?\d[\d ()/.–-]{5,}\d|\b(?:tel|phone|mobile|mob|cell|fax|office|direct|ext|web"
    r"|e-?mail|t|m|p|e|w)\b ?[.:|]",
    re.IGNORECASE,
)
CARD_END = re.compile(r"\b(?:Ltd|Inc|Co|Corp|Bros|St|Ave|Rd|Jr|Sr|Dr|LLC|GmbH|Dept|Dipl|Ph\.D|[A-Z])\.$")
# Pronouns, a role in brackets, kisses.
BESIDES = re.compile(r"[ \t](?:\([^()]{1,30}\)|x{1,3})$", re.IGNORECASE)
WORD = re.compile(r"[\w'’]+")


def is_name(text: str) -> bool:
    """Whether a line is nothing but a person's name: `Ann`, `Ann van der Berg`, `[Name]`."""
    words = BESIDES.sub("", text[:80].strip()).rstrip(",").split()
    if not 0 < len(words) <= MAX_NAME or len(text) > 60:
        return False
    if len(words[-1]) > 3 and words[-1].endswith("."):
        return False
    named = [word for word in words if word.lower() not in PARTICLES]
    return bool(named) and all(map(_is_name_word, named))


def _is_name_word(word: str) -> bool:
    if word.lower().strip(".").replace("’", "'") in CLAUSE or NAME_WORD.match(word) is None:
        return False
    return word[0].isupper() or word[0] in "[{"


def is_prose(text: str) -> bool:
    """Whether a line says something: a clause, or three words up to a full stop."""
    text = BESIDES.sub("", text.strip())
    words = [word.lower().replace("’", "'") for word in WORD.findall(text[:400])]
    if CONTACT.search(text[:400]) and not (set(words) & {"i", "we", "you"}):
        return False
    ends = text.endswith((".", "!", "?")) and CARD_END.search(text[-12:]) is None
    return (ends and len(words) >= 3) or len(text) > 90 or bool(set(words) & CARD_CLAUSE)


def is_card_line(text: str) -> bool:
    """Whether a line may stand under a sign-off: name, title, company, address, telephone."""
    return bool(text.strip()) and len(text) <= 120 and not is_prose(text)

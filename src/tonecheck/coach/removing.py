"""What tells who somebody is, cut out of a text: names, addresses, numbers, links.

`phonenumbers`, a well-kept port of Google's library without further needs, knows how telephone
numbers are written; shapes of other numbers are ours. Dates and amounts of money stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from phonenumbers import Leniency, PhoneNumberMatcher

from tonecheck.coach.people import DATES, FAMILY, GIVEN, NO_NAMES, Names, is_everyday
from tonecheck.report import Span

__all__ = ["Cut", "cuts_in", "places_of", "suspects", "without"]

EMAIL = re.compile(r"(?:mailto:)?[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})*")
LINK = re.compile(
    r"(?:https?|ftp)://\S+|\bwww\.\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|example|co\.uk|de|fr|eu|io|info)\b(?:/\S*)?",
    re.IGNORECASE,
)
IBAN = re.compile(r"\b[A-Z]{2}\d\d(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,4})?\b")
POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?[ ]?\d[A-Z]{2}\b")
STREET_WORDS = (
    "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Ct|Way|Place|Pl|Square|Sq|Terrace|Gardens"
    "|Crescent|Boulevard|Blvd|Hill|Row|Mews|Grove|Park|Parade|Walk"
)
STREET = re.compile(
    rf"\b\d{{1,5}}[a-zA-Z]?,?[ ](?:[A-Z][\w'’-]*[ ]){{1,4}}(?:{STREET_WORDS})\b\.?"
    r"|\b[A-ZÄÖÜ][\wäöüß-]*(?:straße|strasse|str\.|weg|gasse|platz|allee)[ ]\d{1,4}[a-z]?\b(?:,?\s+\d{4,5}[ ][A-ZÄÖÜ]\w+)?"
)
DATE = re.compile(
    r"(?<![\d./-])(?:\d{4}-\d\d?-\d\d?|\d\d?([./-])\d\d?\1(?:\d{4}|\d\d))(?![./-]?\d)"
    r"|(?<!\d)(?:19|20)\d\d[–/-](?:19|20)\d\d(?!\d)|(?<![\d:])\d\d?:\d\d(?!\d)"
)
AMOUNT = re.compile(
    r"(?:[£$€]|\b(?:EUR|USD|GBP|CHF)\b)[ ]?\d[\d.,’']*"
    r"|\d[\d.,’']*[ ]?(?:[£$€%]|(?:EUR|USD|GBP|CHF|euros?|pounds?|dollars?)\b)"
    r"|(?<![\d,.])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])"
)
LONG_NUMBER = re.compile(r"(?<!\w)[+(]?\d(?:[ ()./-]{0,2}\d){6,}(?!\w)")
NAMED_NUMBER = re.compile(
    r"(?i:\b(?:order|invoice|account|acct|customer|client|ref|reference|ticket|case|booking|policy|contract|claim"
    r"|member|membership|tracking|parcel|serial|licen[cs]e|passport|card|id|pin|user|number|no|nr)\b\.?"
    r"(?:[ ](?:number|no|nr|id|code|ref|reference)\b\.?)?(?:[ ]?[:#]|[ ](?:is|was))?)[ ]?#?"
    r"([A-Za-z]{0,8}[-/]?\d[\w/-]*)"
)
HASHED = re.compile(r"#[A-Za-z]{0,5}-?\d[\w-]*")
TOKEN = re.compile(r"(?<![\w/-])[A-Za-z0-9]+(?:[/_-][A-Za-z0-9]+)*(?![\w/-])")
MEASURE = re.compile(r"\d+[A-Za-z]{1,3}|\d{4}s|\d+(?:-[A-Za-z]+)+")
CAPITAL = re.compile(r"\b[A-ZÀ-ÖØ-Þ][^\W\d_]+\b")
OPENS = re.compile(r"(?:^|[.!?:)]\s+|[“\"(]|\n\s*)$")
SHOWN = {
    "e-mail": "[e-mail]",
    "link": "[link]",
    "address": "[address]",
    "phone": "[phone]",
    "number": "[number]",
}


@dataclass(frozen=True, slots=True, order=True)
class Cut:
    """Words of a text that go, what stands there instead, and what they were."""

    span: Span
    stand_in: str
    kind: str


def cuts_in(text: str, names: Names, region: str | None = None) -> tuple[Cut, ...]:
    """All that is to go, in order and apart; `region` is the country (GB) whose telephone numbers need no +."""
    found = [Cut(span, SHOWN[kind], kind) for kind, span in _shapes(text, region)]
    found += _named(text, names)
    return _apart(text, found, names)


def _shapes(text: str, region: str | None) -> Iterator[tuple[str, Span]]:
    """What its own look gives away, the surest first."""
    for kind, pattern in (
        ("e-mail", EMAIL),
        ("link", LINK),
        ("number", IBAN),
        ("address", STREET),
        ("address", POSTCODE),
    ):
        yield from ((kind, Span(*match.span())) for match in pattern.finditer(text))
    bare = AMOUNT.sub(_blank, DATE.sub(_blank, text))
    for phone in PhoneNumberMatcher(bare, region, leniency=Leniency.VALID, max_tries=1000):
        yield "phone", Span(phone.start, phone.end)
    for pattern in (LONG_NUMBER, HASHED):
        yield from (("number", Span(*m.span())) for m in pattern.finditer(bare) if _digits(m[0]) > 2)
    yield from (("number", Span(*m.span(1))) for m in NAMED_NUMBER.finditer(bare) if _digits(m[1]) > 2)
    for match in TOKEN.finditer(bare):
        word = match[0]
        if _digits(word) > 2 and any(c.isalpha() for c in word) and not MEASURE.fullmatch(word):
            yield "number", Span(*match.span())


def _blank(match: re.Match[str]) -> str:
    return "~" * len(match[0])


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)


def _named(text: str, names: Names) -> Iterator[Cut]:
    if not names:
        return
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    pattern = r"\s+".join  # a name may be wrapped
    choice = "|".join(pattern(map(re.escape, name.split())) for name in longest_first)
    for match in re.finditer(rf"(?<!\w)(?:{choice})(?!\w)", text, re.IGNORECASE):
        name = " ".join(match[0].lower().split())
        is_word = " " not in name and match[0].islower() and is_everyday(name)
        if not is_word and name in names:
            yield Cut(Span(*match.span()), _in_case(names[name], match[0]), "name")


def _in_case(stand_in: str, like: str) -> str:
    """The stand-in in the letters of what it stands for: JONES, jones, Jones."""
    if like.isupper() and len(like) > 1:
        return stand_in.upper()
    return stand_in.lower() if like.islower() else stand_in


def _apart(text: str, found: Iterable[Cut], names: Names) -> tuple[Cut, ...]:
    """The cuts without overlap; of two that touch the same words the surer kind names the whole."""
    rank = {cut: number for number, cut in reversed(list(enumerate(found)))}
    kept: list[Cut] = []
    for cut in sorted(rank, key=lambda cut: (cut.span.start, -cut.span.end)):
        if kept and kept[-1].span.overlaps(cut.span):
            last = kept.pop()
            surer = min(last, cut, key=rank.__getitem__)
            cut = Cut(Span(last.span.start, max(last.span.end, cut.span.end)), surer.stand_in, surer.kind)
            rank.setdefault(cut, min(rank[last], rank[surer]))
        kept.append(cut)
    return tuple(kept)


def without(text: str, cuts: Sequence[Cut]) -> str:
    """The text with stand-ins in place of the cuts; all else as it was."""
    pieces, at = [], 0
    for cut in sorted(cuts):
        pieces += [text[at : cut.span.start], cut.stand_in]
        at = cut.span.end
    return "".join((*pieces, text[at:]))


def places_of(text: str, words: str) -> Iterator[Span]:
    """Wherever the words stand as whole words, whatever their case and spaces."""
    choice = r"\s+".join(map(re.escape, words.split()))
    if choice:
        yield from (
            Span(*match.span()) for match in re.finditer(rf"(?<!\w){choice}(?!\w)", text, re.IGNORECASE)
        )


def suspects(text: str) -> tuple[str, ...]:
    """Words in capitals that may still be names: no words of the language, and not at a sentence's start."""
    ours = {name.lower() for name in (*GIVEN, *FAMILY)} | NO_NAMES | DATES
    found = (
        m[0] for m in CAPITAL.finditer(text) if not OPENS.search(text[max(0, m.start() - 20) : m.start()])
    )
    return tuple(dict.fromkeys(word for word in found if word.lower() not in ours and not is_everyday(word)))

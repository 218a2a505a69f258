"""Who wrote a mail and to whom, and the stand-in names under which they appear in a case.

Names come from headers, greetings and signatures; no recogniser of names is needed for those, and
none is asked: presidio needs language models with entities, scrubadub pins libraries of years ago.
A name that is an everyday word (Price, Will) counts only where it has a capital.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from functools import lru_cache

from tonecheck.mail.draft import Draft
from tonecheck.mail.names import PARTICLES, is_name

__all__ = [
    "DATES",
    "Names",
    "Person",
    "is_everyday",
    "next_stand_in",
    "people_by_given_name",
    "people_in_draft",
    "people_in_head",
    "stand_ins",
]

Person = tuple[tuple[str, ...], tuple[str, ...]]  # given names, family names
Names = dict[str, str]  # a name in lower case, one word or a few, and what stands for it
HEADERS = ("From", "Sender", "Reply-To", "To", "Cc", "Bcc")
GIVEN = (
    "Alex Robin Sam Kim Chris Charlie Jamie Morgan Taylor Casey Jordan Quinn Riley Avery Rowan Toni".split()
)
FAMILY = "Carter Hughes Foster Doyle Barnes Porter Bennett Sutton Harper Lawson Dalton Preston".split()
WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_]))*")
TITLES = "mr mrs ms miss mx dr prof sir madam lord lady herr frau monsieur madame rev mag dipl ing jr sr phd"
# What stands in a header beside a name, and in the addresses of offices.
ROLES = """account accounts admin all and answer billing booking bookings by care central claims client
clients client-care co company complaints contact customer customers dear delivery department desk email
enquiries everyone everybody for folks friend from gmbh guest hello help helpdesk hey hi house inc info
inquiries it llc ltd mail mailer manager me member my news no noreply office on online order orders our
post plc postmaster re reception reply request returns sales service services shop staff store support
system team thank thanks the there to undisclosed recipients user via we web webmaster you your"""
NO_NAMES = frozenset((TITLES + " " + ROLES).split()) | PARTICLES
CAPITALISED = r"[A-ZÀ-ÖØ-Þ](?:['’-]?[^\W\d_])+"
# Days and months, also as they are shortened.
DATES = frozenset(
    name.lower()
    for name in (
        *calendar.day_name, *calendar.day_abbr, *calendar.month_name, *calendar.month_abbr,
        "Sept", "Tues", "Weds", "Thur", "Thurs",
    )
)  # fmt: skip
PUBLIC = frozenset(
    "gmail googlemail outlook hotmail live msn yahoo icloud aol proton protonmail gmx web mail mailbox posteo zoho yandex".split()
)
GREETED = re.compile(
    r"(?i:\b(?:dear|hello|hi|hey|hallo|liebe[rs]?|bonjour|hola|ciao|good (?:morning|afternoon|evening)))"
    r"[ \t]+([^,!:;.\n–—]{1,60}(?:\.[ ][^,!:;.\n]{1,40})?)"
)
INTRODUCED = re.compile(
    r"(?i:\b(?:my name is|my name's|regards|wishes|yours sincerely|yours faithfully|cheers|signed|mr|mrs|ms|miss|mx|dr|prof|herr|frau)\b)"
    r"[.,]?\s+((?:[A-ZÀ-ÖØ-Þ][\w'’-]*[ ]?){1,3})"
)


def people_in_head(head: Message) -> Iterator[Person]:
    """Everybody whom the headers name, by their names, their addresses and their companies' domains."""
    fields = [str(value)[:20_000] for name in HEADERS for value in head.get_all(name, [])]
    for shown, address in getaddresses(fields):
        shown = _decoded(shown)
        if "@" not in shown:
            yield from _person(shown)
        name, _, domain = address.rpartition("@")
        yield from _person(re.sub(r"[^\w'’-]|[_\d-]", " ", name))
        labels = domain.lower().split(".")[:-1]
        yield from (((), (label,)) for label in labels if len(label) > 2 and label not in PUBLIC | NO_NAMES)


def _decoded(shown: str) -> str:
    """A name whose letters had to be encoded for the header."""
    try:
        return str(make_header(decode_header(shown)))
    except (HeaderParseError, LookupError, ValueError):
        return shown


def people_in_draft(draft: Draft) -> Iterator[Person]:
    """Whom the text greets, and who signs it."""
    for match in (*GREETED.finditer(draft.text[:200_000]), *INTRODUCED.finditer(draft.text[:200_000])):
        named = [word for word in match[1].split() if word[:1].isupper() or word.lower() in PARTICLES]
        yield from _person(" ".join(named), titled=_is_title(match[0], match[1]))
    for part in draft.skipped:
        if part.kind == "signature":
            for line in draft.text[part.span.start : part.span.end].splitlines()[:6]:
                if is_name(line):
                    yield from _person(line)


def people_by_given_name(people: Iterable[Person], text: str) -> Iterator[Person]:
    """Those whose given name is known, and whose family name stands behind it in the text: `Karen Tunnicliffe`.

    A word of the language is one only at the end of a line or clause, as in a signature.
    """
    known = {name for given, _ in people for name in given}
    if not known:
        return
    choice = "|".join(map(re.escape, sorted(known, key=lambda name: (-len(name), name))))
    for match in re.finditer(
        rf"(?<!\w)(?:{choice})[ ]({CAPITALISED})(?!\w)(?=([ ]*(?:[,.!?;:)]|\n|\Z))?)", text
    ):
        word = match[1]
        if word.lower() not in NO_NAMES | DATES and (match[2] is not None or not is_everyday(word)):
            yield (), (word,)


def _is_title(whole: str, named: str) -> bool:
    before = whole.removesuffix(named).split()
    first = named.split()[0] if named.split() else ""
    return any(word.strip(".,").lower() in TITLES.split() for word in (*before[-1:], first))


def _person(shown: str, *, titled: bool = False) -> Iterator[Person]:
    """`Ann Lee`, `Lee, Ann` or `Mr Lee` as a person; nobody where only an office is named."""
    if "," in shown and not titled:
        last, _, first = shown.partition(",")
        shown = f"{first} {last}"
    words = [word for word in WORD.findall(shown[:200]) if len(word) > 1 and word.lower() not in NO_NAMES]
    if words:
        cut = 0 if titled and len(words) == 1 else 1
        yield tuple(words[:cut]), tuple(words[cut:])


@lru_cache(4096)
def is_everyday(word: str) -> bool:
    """Whether a name is also a word of the language."""
    from lemminflect import getAllLemmas

    return bool(getAllLemmas(word.lower()))


def stand_ins(people: Iterable[Person], text: str) -> Names:
    """A stand-in for each name; the same for a name wherever it appears, and none that the text knows."""
    everybody = list(people)
    taken = {word.lower() for given, family in everybody for word in (*given, *family)}
    taken |= {word.lower() for word in WORD.findall(text)}
    names: Names = {}
    for given, family in everybody:
        for words, stock in ((given, GIVEN), (family, FAMILY)):
            for word in words:
                _name(names, word, stock, taken)
        whole = " ".join((*given, *family)).lower()
        if " " in whole:
            # Both in a row are a name even without capitals.
            pieces = (names[word.lower()] for word in (*given[:1], *family[-1:]))
            names.setdefault(whole, " ".join(pieces))
    return names


def _name(names: Names, word: str, stock: list[str], taken: set[str]) -> None:
    if word.lower() in names:
        return
    names[word.lower()] = stand_in = next_stand_in(taken, stock)
    taken.add(stand_in.lower())
    for piece in re.split(r"['’-]", word):
        if len(piece) > 2:
            names.setdefault(piece.lower(), stand_in)


def next_stand_in(taken: set[str], stock: list[str] | None = None) -> str:
    """A stand-in name that is not taken yet; `[name]` once all are."""
    return next((name for name in stock or GIVEN if name.lower() not in taken), "[name]")

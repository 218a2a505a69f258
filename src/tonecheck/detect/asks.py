"""What a client asks for: questions, requests and the points of a list, in the client's own words.

Careful on purpose: only the forms that want an answer are taken, not what is thrown in anger.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tonecheck.detect.engine import Doc, DocSpan
from tonecheck.detect.facts import APOLOGY, TIME

__all__ = ["Ask", "asks_of", "may_ask", "points_of"]

MAX_ASKS = 12
LONGEST = 40  # words; a longer sentence tells a story and asks on the way
MIN_POINTS = 2
WE = r"(?:i|we)"


def _any(*forms: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(forms)})", re.IGNORECASE)


# The forms of questions that want an answer, at the start of a sentence or of a clause in it.
QUESTION = re.compile(
    r"(?:^|[,;:–—] |\s- |\b(?:and|so|but|also|now|then|please|just|ok|okay) )"
    + _any(
        r"(?:(?:by|since|until|till) )?when(?:'s|'ll)?\b",
        r"what (?:time|day|date)\b",
        r"how (?:soon|long|much|many)\b",
        rf"where(?:'s|'re| is| are| will| (?:do|can|should) {WE})\b",
        r"who(?:'s|'ll| is| was| will)? (?:\w+ )?(?:pay(?:s|ing)?|cover(?:s|ing)?|refund(?:s|ing)?|reimburses?)\b",
        r"who (?:decided|authori[sz]ed|approved|agreed)\b",
        rf"how (?:do|can|should|will|would) {WE}\b",
        rf"what (?:do|should|can) {WE} (?:do|need)\b",
        r"what happens\b|what(?:'s| is) (?:your|the) plan\b",
        r"what are you (?:going to do|doing about)\b|what will you do\b",
        rf"(?:can|could|will|would|may|shall|should) (?:you|{WE}|someone|somebody|s?he|they|it|my|our|the)\b",
        r"(?:is|are) (?:there|my|our|they|the)\b|are you (?:\w+ )?\w+ing\b",
        rf"(?:do|does|am) (?:{WE}|my|our|the)\b",
        r"have you (?:got|told|sent|found|checked|received|refunded|ordered)\b",
    ).pattern,
    re.IGNORECASE,
)
# Said in anger, or to the wind.
RHETORICAL = _any(
    r"\bare you (?:serious|kidding|joking|for real|even|lot|people|having)",
    r"\b(?:how dare|who do you think|seriously|yes or no|why bother|right\?|you know\?|really\?)",
    r"\bdo you (?:even|really|people|lot|think|intend|understand|reali[sz]e)",
    r"\bwhat (?:on earth|the (?:hell|heck)|kind of|sort of|part of|if|world)",
    r"\b(?:why|how|who|where|when) (?:on earth|the (?:hell|heck))",
    r"\bhow (?:hard|difficult) (?:can|is)|\bhow (?:many times|often)\b",
    r"\bhow (?:is|does|did|can|could|do) (?:this|that|it|you|anyone|anybody|they)\b",
    rf"\bhow am i supposed|\bwhat(?: exactly)? am i\b|\bwhy (?:should|would|do|must) (?:{WE}|anyone|anybody)",
    r"\bisn't it|\bis it not|\bwill you people",
    r"\bwould you (?:like|accept|be|trust|want|pay|put up)|\bcan you (?:imagine|believe)",
    r"\b(?:is|are|was|does|did|has) (?:anybody|anyone|nobody|this|that)\b",
    r"\bwhen (?:will|are|do) (?:you|they) (?:people |ever )?(?:learn|going to learn)",
    r"\bshould i (?:just|laugh|be)",
    r"^(?:is|are|was|do|does) .{0,60}\b(?:just|only|really|ever|even|or (?!not\b))\b|\blike (?:an adult|a human)\b",
)
REQUEST = re.compile(
    r"^(?:(?:and|so|but|also|now|then|ok|okay)[, ]+)?"
    + _any(
        r"please\b|kindly\b",
        rf"{WE}(?:(?:'d| would) (?:like|appreciate)| (?:now )?(?:want|need|expect|demand|require|insist on))\b",
        r"let (?:me|us) know\b|tell (?:me|us)\b|(?:can|could|will|would) you(?: please)?\b",
    ).pattern,
    re.IGNORECASE,
)
# What is not wanted, what only places the rest, and what says no more than “do something”.
# Reasons are given in too many ways to tell that one is missing.
NO_REQUEST = _any(
    r"\bwhy\b|\bexplain\b|\bexplanation\b",
    r"^please (?:note|see|find|bear|do not|don't|just be|be|answer|rest|advise)\b|^please\W*$|\bactually\b",
    rf"^{WE} (?:want|need|expect|demand) (?:what|someone|somebody|a (?:human|person|manager))\b",
    rf"^{WE} (?:need hardly|want you to know|want nothing|want no|need to (?:be able|say|point|add|stress))\b",
    rf"^{WE}(?:'d| would) like to (?:say|think|point|add|remind|believe)\b",
    rf"^{WE} (?:want|need|expect|demand) (?:to know how|(?:a straight|an|some) (?:answer|explanation)\W*$)",
    r"^(?:\w+ )?(?:please )?(?:explain|confirm|advise|sort|fix|sort it|fix it|deal with it|respond|reply|help)"
    r"(?: (?:it|this|that|me|us|out|asap|now|today|immediately|urgently|properly|please))*\W*$",
    r"[”\"]\W*$|[:;]\)",
)
# “How can this happen, and will you pay the charges?”: the second half may want an answer of its own.
AND = re.compile(
    r",? and (?=(?:when|what|how|where|who|can|could|will|would|shall|should|is|are|do|does)\b)", re.I
)
MAY_ASK = _any(
    r"\?|\b(?:please|kindly|want|need|expect|demand|require|insist|like|appreciate)\b",
    r"\b(?:let|tell) (?:me|us)\b|\b(?:can|could|will|would) you\b",
)
ITEM = re.compile(r"^[ \t]*(?:\(?\d{1,2}[.)]|[-*•–])[ \t]+(\S.*)$", re.MULTILINE)
INLINE_ITEM = re.compile(r"(?<!\S)\(?([1-9])[.)] +(\S[^\n]*?)(?=\s+\(?[1-9][.)] |$)", re.MULTILINE)

# How much and how many, in words; “we do not know yet” is an answer too.
AMOUNT = (
    "no|none|nobody|nothing|not|all|both|half|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|"
    "once|twice|hundred|thousand|free|only|every|few|several|know"
)
MONEY = _any(
    r"[£$€]",
    r"\b(?:(?:refund|credit|pay|paid|cover|reimburs|compensat|cost|charg|invoice|discount|waiv|return)\w*|money|bill(?:s|ed)?|fees?|free)\b",
)


@dataclass(frozen=True)
class Want:
    """A kind of thing that is asked for, and how a draft takes it up.

    Where it is `strict` the client's own words in the draft do not take it up: a time wants a time.
    """

    asked: re.Pattern[str]
    given: re.Pattern[str]
    strict: bool = False


WANTS = (
    Want(
        _any(r"\b(?:when|what (?:time|day|date)|how (?:soon|long)|a date)\b"),
        _any(
            TIME.pattern,
            r"\b(?:date|time ?scale|timeline|as soon as|not (?:yet )?know|already|in stock|now|done)\b",
        ),
        strict=True,
    ),
    Want(
        _any(r"\bhow (?:much|many)\b", r"\bwhat (?:does|will|would) .{0,40}\bcost"),
        _any(r"\d", rf"\b(?:{AMOUNT})\b"),
        strict=True,
    ),
    Want(_any(rf"\b(?:by|before|until) (?:{TIME.pattern})"), TIME),
    Want(
        _any(r"\bwho(?:'s|'ll| is| was| will)? (?:\w+ )?(?:pay|cover|refund|reimburse)"),
        _any(
            MONEY.pattern,
            r"\b(?:on (?:us|me|the house)|(?:my|our|your) (?:expense|account|insur\w+|side)|ours|mine|yours|insur\w+)\b",
            r"\b(?:bear|settl|guarant|warrant|liab|expens|wallet|pocket)\w*",
        ),
        strict=True,
    ),
    Want(
        _any(
            r"\b(?:refund|money|credit(?:ed)?|pay(?:s|ing)?|paid|cover(?:s|ing|ed)?|reimburse\w*|compensat\w*)\b",
            r"\b(?:waive\w*|fees?|costs?|charge\w*|invoices?|bill(?:ed)?|discount|deposit|reversed|difference)\b|[£$€]",
        ),
        MONEY,
    ),
    Want(
        _any(
            r"\b(?:replac\w+|new one|fix\w*|working|repair\w*|redo\w*|redone|put right|sort(?:ed)?|correct(?:ed)?|undo)\b"
        ),
        _any(
            r"\b(?:replac|new|fix|repair|re-?do|put right|correct|com(?:e|es|ing)|send|sent|restor|mend|swap)\w*"
        ),
    ),
    Want(
        _any(r"\b(?:confirm\w*|in writing)\b"), _any(r"\b(?:confirm|writing|written|letter|attach|enclos)\w*")
    ),
    Want(
        _any(r"\b(?:call|ring|phone)(?:s|ed|ing)?\b"),
        _any(r"\b(?:call|ring|rang|phone|speak|spoke|number)\w*", r"\d{3} ?\d{3}"),
    ),
    Want(_any(r"\b(?:apolog\w+|sorry)\b"), APOLOGY),
    Want(
        _any(r"\b(?:cancel\w*|out of|terminat\w*|leave|release\w*)\b"),
        _any(r"\b(?:cancel|terminat|end|clos|releas|leav|exit)\w*"),
    ),
    Want(
        _any(r"\b(?:remov\w+|delet\w+|tak(?:e|en) (?:it )?down|stop\w*)\b"),
        _any(r"\b(?:remov|delet|tak(?:e|en) (?:it )?down|stop|no longer|gone)\w*"),
    ),
    Want(
        _any(r"\b(?:send|sent|forward|provide|copy|copies|get me|where)\b"),
        _any(
            r"\b(?:attach|send|sent|enclos|cop(?:y|ies|ied)|upload|share|provid|deliver|driver|arriv|found|lost)\w*",
            r"\b(?:held|stor(?:e|ed|age)|warehouse|depot|here|(?:it|they|that)(?:'s|'re| is| are| was) (?:in|at|on|with))\b",
        ),
    ),
    Want(
        _any(r"\bwho (?:decided|authori[sz]ed|approved|agreed|signed)\b"),
        _any(
            r"\b(?:i|we|my|our)(?:'ll|'m|'ve)? (?:\w+ )?"
            r"(?:decid|approv|authori[sz]|sign|agree|made|did|chose|took|mistake)\w*"
        ),
    ),
    Want(
        _any(r"\b(?:plan|going to do|doing about|will you do|happens|intend)\b"),
        _any(r"\b(?:i|we|he|she|they|[A-Z][a-z]+)(?:'ll| will| am| are|'m|'re| can| have|'ve| is) \w+"),
    ),
)


@dataclass(frozen=True)
class Ask:
    """One thing that the client asks for or lists, parsed, and what is wanted in it."""

    doc: Doc
    wants: tuple[Want, ...]

    @property
    def words(self) -> str:
        """The client's own words, on one line."""
        return " ".join(self.doc.text.split())


def points_of(client: str) -> list[str]:
    """The points of the client's list, each on one line; none where there is no list."""
    listed = [found[1] for found in ITEM.finditer(client)]
    inline = [(found[1], found[2]) for found in INLINE_ITEM.finditer(client)]
    if [number for number, _ in inline[:2]] == ["1", "2"]:
        listed += [words for _, words in inline]
    points = list(dict.fromkeys(" ".join(words.split()) for words in listed))
    return points if len(points) >= MIN_POINTS else []


def may_ask(client: str) -> bool:
    """Whether a look at the message's sentences could be worth it."""
    return MAY_ASK.search(client) is not None or bool(points_of(client))


def asks_of(paragraphs: Iterable[Doc], points: Iterable[str]) -> list[Ask]:
    """What the client's sentences ask, in order of place, and the points of their list."""
    return list(_asks(paragraphs, tuple(points)))[:MAX_ASKS]


def _asks(paragraphs: Iterable[Doc], points: tuple[str, ...]) -> Iterator[Ask]:
    for doc in paragraphs:
        for sentence in doc.sents:
            words = sentence.text.strip()
            listed = len(words) > 2 and any(words in point or point in words for point in points)
            asks = _wants_an_answer(words) and (words.endswith("?") or _names_something(sentence))
            if len(sentence) >= 3 and (listed or asks):
                yield Ask(sentence.as_doc(), tuple(want for want in WANTS if want.asked.search(words)))


def _wants_an_answer(words: str) -> bool:
    if len(words.split()) > LONGEST:
        return False
    if words.endswith("?"):
        return any(QUESTION.search(asked) and not RHETORICAL.search(asked) for asked in AND.split(words))
    return not RHETORICAL.search(words) and bool(REQUEST.search(words)) and not NO_REQUEST.search(words)


def _names_something(sentence: DocSpan) -> bool:
    """Whether a request says what it wants, and not only “put it right”."""
    return any(token.pos_ in {"NOUN", "PROPN", "NUM"} for token in sentence[1:])

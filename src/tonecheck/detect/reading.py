"""Whether a sentence still reads once other words stand in it."""

from __future__ import annotations

import re

from tonecheck.detect.engine import Doc, Token
from tonecheck.detect.parser import Block

__all__ = ["reads_on", "sentence_of", "stop_for"]

# Wordings that end with words of the writer's own, after which the tail of the old ones would hang.
FILLED_IN = re.compile(r"(?:\b(?:at|because|by|every|for|that|to|until|will)|:|bring you) \[[^\]]*\]$")
ADVERBIAL = re.compile(r"(?:at|by|in|on|until) \[(?:day|what time|when)\]")
TURNED = re.compile(r"\[do what\]|, who ")
CLAUSE = re.compile(r"(?:i|it|please|thank|there|we|you|\[(?:name|who)\]) ", re.IGNORECASE)
PHRASAL = frozenset(("ADJ", "ADP", "AUX", "DET", "NOUN", "NUM", "PART", "PRON", "PROPN", "VERB"))
# A time that says nothing, which goes where the writer is asked for one.
NO_TIME = re.compile(
    r",? (?:in due course|(?:very |pretty )?(?:shortly|soon)|at (?:the|your) earliest(?: (?:opportunity|convenience))?"
    r"|as soon as (?:possible|(?:we|i|they) can)|as quickly as (?:possible|(?:we|i|they) can)|asap|immediately"
    r"|(?:on|with|at) (?:an? |the )?(?:utmost |top |high |highest |prompt )?priority|right away"
    r"|at the (?:relevant|appropriate|due) time|as appropriate"
    r"|in the (?:near|short) (?:future|term)|accordingly)(?=[ .,;:!?)]|$)",
    re.IGNORECASE,
)
# What may stand behind words that the writer fills in.
ENDS = frozenset(("CCONJ", "PUNCT", "SPACE"))
LOOSE = (
    (re.compile(r"\bby \[when\]$"), frozenset(("about", "on", "with"))),
    (re.compile(r"\b(?:because|for) \[what [^\]]*\]$"), frozenset(("about", "at", "in", "on", "with"))),
)
CLAUSE_GOES_ON = re.compile(r"\b(?:and|or) (?:that|the fact|such time)\b")
# Verbs that need what follows them.
LEANING = frozenset("remain remains remained remaining be been stay stays stayed stand stands".split())
DETERMINERS = frozenset(
    "the a an every this that these those my our your his her its their any all no".split()
)


def reads_on(block: Block, first: int, stop: int, wording: str) -> bool:
    """Whether the sentence still reads once `wording` stands for tokens `first` to `stop`.

    Not where a clause goes on that the old words opened (“… and that …”), where what is left of a
    list or a phrase would hang in the air or lean on another word, and where hardly a word would be
    left.
    """
    begins, ends = sentence_of(block, first)
    doc = block.doc
    rest = doc[stop:ends].text.lower() if stop < ends else ""
    if wording and not _keeps_bonds(block, first, stop, wording):
        return False
    if _graded(doc, begins, first, stop, wording):
        return False
    opened = {t.lower_ for t in doc[first:stop]} & {"that", "as"} - set(wording.lower().split())
    if (opened and CLAUSE_GOES_ON.search(rest)) or _hyphened(doc, first, stop):
        return False
    before = doc[first - 1].lower_ if first > begins else ""
    if wording and _breaks(doc, begins, first, stop, ends, wording):
        return False
    if wording:
        only_cut = doc[first:stop].text.lower().endswith(wording.lower())
        return not (only_cut and before in {",", "and", "or"})
    after = doc[stop].lower_ if stop < ends else ""
    if before in LEANING or _leaves_no_verb(doc, first, stop, ends):
        return False
    if first == begins:
        words = [t for t in doc[stop:ends] if not t.is_punct]
        return after not in {":", "of", "to"} and (not words or len(words) > 2)
    listed = before in {"and", "or"} or after in {"and", "or"}
    cut_list = (
        before == ","
        and after not in {",", "", ".", "!", "?", ";"}
        and doc[stop].pos_ in {"NOUN", "ADJ", "PROPN"}
    )
    return not listed and not cut_list and after not in {":", "of"}


def _leaves_no_verb(doc: Doc, first: int, stop: int, ends: int) -> bool:
    """Whether the sentence's verb would go and no clause would be left to stand in its place."""
    if stop >= ends or doc[stop].tag_ not in {"IN", "JJR", "RB", "RBR"}:
        return False
    stands = any(t.dep_ == "ROOT" or t.tag_ in {"VB", "VBZ", "VBD"} for t in doc[stop:ends])
    return not stands and any(token.dep_ == "ROOT" for token in doc[first:stop])


def stop_for(block: Block, text: str, stop: int, wording: str) -> int:
    """Where the old words end: later than `stop` where a time follows for which the wording asks."""
    if not wording.endswith(("[when]", "[day]")):
        return stop
    _, ends = sentence_of(block, stop - 1)
    start, end = block.span(stop - 1, stop).end, block.span(ends - 1, ends).end
    found = NO_TIME.match(text[:end], start)
    while found is not None and stop < ends and block.span(stop, stop + 1).start < found.end():
        stop += 1
    return stop


def _hyphened(doc: Doc, first: int, stop: int) -> bool:
    """Whether the words are part of a longer one: “re-escalating”, “guidelines/restrictions”."""
    return (first > 0 and doc[first - 1].text in {"-", "/"} and not doc[first - 1].whitespace_) or (
        stop < len(doc) and doc[stop].text in {"-", "/"} and not doc[stop - 1].whitespace_
    )


def _keeps_bonds(block: Block, first: int, stop: int, wording: str) -> bool:
    """Whether what stands around still belongs to the same words: not “could please call”."""
    doc = block.doc
    before, after = doc[first - 1] if first else None, doc[stop] if stop < len(doc) else None
    if before is not None and before.pos_ == "AUX" and doc[first].lower_ in {"we", "i"}:
        return False
    opens, closes = wording.lower().split()[0], wording.lower().split()[-1]
    if before is not None and before.lemma_ == "have" and opens in {"is", "are", "was", "were"}:
        return False
    if closes == "that" and after is not None and after.lower_ == "to":
        return False
    if after is not None and _determines(doc[stop - 1], after) and wording.split()[-1] not in DETERMINERS:
        return False
    if after is not None and after.tag_ == "IN" and doc[stop - 1].pos_ == "NOUN":
        *inner, last = (token.lower_ for token in doc[first:stop])
        end = wording.split()[-1].lower()
        if not end.startswith(last) and any(len(word) > 2 and end.startswith(word) for word in inner):
            return False
    if not CLAUSE.match(wording) and _shares_subject(doc, first, stop, wording):
        return False
    kept = set(wording.lower().split())
    nouns = [t for t in doc[first:stop] if t.pos_ == "NOUN"]
    relatives = (c for t in nouns if t.lower_ not in kept for c in t.children if c.dep_ == "acl:relcl")
    if wording.endswith(("]", "ly")) and any(c.i >= stop for c in relatives):
        return False
    listed = (c for t in nouns for c in t.children if c.dep_ == "conj")
    return doc[stop - 1].tag_ != "IN" or all(c.i < stop for c in listed)


def _lists(doc: Doc, first: int, stop: int) -> bool:
    """Whether a noun there goes on to another behind it: “subject to [availability] and approval”."""
    nouns = (token for token in doc[first:stop] if token.pos_ == "NOUN")
    return any(c.dep_ == "conj" and c.i >= stop and c.pos_ != "VERB" for t in nouns for c in t.children)


def _shares_subject(doc: Doc, first: int, stop: int, wording: str) -> bool:
    """Whether a verb goes on behind whose subject would go: “sorry [you are unhappy with] it and had to wait”."""
    kept = wording.lower().split()
    for token in doc[first:stop]:
        subject = next(
            (c for c in token.children if c.dep_.startswith("nsubj") and first <= c.i < stop), None
        )
        if subject is None or subject.lower_ in kept:
            continue
        for other in token.children:
            is_bare = not any(c.dep_.startswith(("nsubj", "expl")) for c in other.children)
            if other.dep_ == "conj" and other.i >= stop and other.pos_ in {"VERB", "AUX", "ADJ"} and is_bare:
                return True
    return False


def _graded(doc: Doc, begins: int, first: int, stop: int, wording: str) -> bool:
    """Whether an adverb is left behind without the word that it grades: “a genuinely [unique] journey”."""
    before = doc[first - 1] if first > begins else None
    if before is None or before.pos_ != "ADV" or not first <= before.head.i < stop:
        return False
    nouns = {token.lower_ for token in doc[first:stop] if token.pos_ == "NOUN"}
    return not wording or (before.head.pos_ == "ADJ" and wording.split()[0].lower() in nouns)


def _determines(token: Token, after: Token) -> bool:
    return token.tag_ in {"DT", "PRP$"} and after.pos_ in {"NOUN", "PROPN", "ADJ"}


def _breaks(doc: Doc, begins: int, first: int, stop: int, ends: int, wording: str) -> bool:
    """Whether a clause would stand within a clause, or the old words' tail behind the writer's own."""
    before = doc[first - 1] if first > begins else None
    opens_clause = CLAUSE.match(wording) and not (
        CLAUSE.match(f"{doc[first].text} ") or doc[first].tag_ in {"DT", "PRP$"}
    )
    if opens_clause and before is not None and before.lower_ not in {"that", "so"} and _phrasal(before):
        return True
    if before is not None and _bars(before, doc[first], wording):
        return True
    after = doc[stop] if stop < ends else None
    if wording.lower().endswith("telling us") and after is not None and after.pos_ not in ENDS:
        return True
    if after is None or not wording.endswith("]"):
        return False
    if FILLED_IN.search(wording):
        loose = (words for ending, words in LOOSE if ending.search(wording) and ", who " not in wording)
        may_follow = after.pos_ == "ADP" and (
            after.lower_ in next(loose, ())
            or (ADVERBIAL.fullmatch(wording) is not None and not first <= after.head.head.i < stop)
        )
        clause = after.lower_ == "with" and CLAUSE.match(wording) is not None
        then = doc[after.i + 1] if after.i + 1 < len(doc) else after
        joined = after.pos_ == "CCONJ" or (after.text == "," and first > begins)
        leans = (joined and then.tag_ == "VBN") or then.pos_ == "SCONJ" or after.lower_ in {":", "both"}
        leans |= after.pos_ == "CCONJ" and then.pos_ in {"AUX", "VERB"} and _turns(wording)
        leans |= bool(ADVERBIAL.fullmatch(wording)) and after.pos_ == "CCONJ" and _lists(doc, first, stop)
        leans |= after.text == "," and (
            (then.tag_ == "WP" and _turns(wording)) or (then.pos_ == "ADV" and "because" in wording)
        )
        ends = after.pos_ in ENDS or not any(map(str.isalnum, after.text))
        ends |= after.tag_ == "TO" and wording.endswith("by [when]") and not TURNED.search(wording)
        return leans or not (ends or (may_follow and not clause))
    if wording == "[how]" and after.pos_ in {"DET", "PRON"}:
        return True
    if after.lower_ == "such":
        return True
    if wording.startswith("[which") and after.pos_ in {"ADP", "SCONJ"}:
        return after.lower_ != "including"
    return doc[stop - 1].tag_ in {"IN", "TO"} and _phrasal(after)


def _bars(before: Token, first: Token, wording: str) -> bool:
    """Whether the word before keeps the wording out: “as by [when], …”, “the [what we gain]”."""
    if wording.startswith("by [when],"):
        return not before.is_punct and before.lower_ not in {"and", "but", "so"}
    if wording == "because [reason]":
        return before.lemma_ == "be"
    determines = before.tag_ in {"DT", "WDT", "WP"} and first.tag_ != "DT"
    return determines and wording.startswith(("[what ", "[which"))


def _turns(wording: str) -> bool:
    """Whether the wording ends with somebody else than the sentence was about."""
    return ", who " in wording or wording.lower().startswith(("you can ", "please ", "thank ", "["))


def _phrasal(token: Token) -> bool:
    """Whether it belongs to a phrase, so that nothing can be set beside it as a clause of its own."""
    return token.pos_ in PHRASAL


def sentence_of(block: Block, token: int) -> tuple[int, int]:
    """First token and last + 1 of the sentence that holds a token."""
    return next((s for s in block.sentences if s[0] <= token < s[1]), (0, len(block.doc)))

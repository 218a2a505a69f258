"""“Your order was cancelled” to “we cancelled your order”: the passive that hides who did it."""

from __future__ import annotations

from collections.abc import Iterator

from tonecheck.detect.engine import Token
from tonecheck.detect.facts import TIME
from tonecheck.detect.parser import Block
from tonecheck.detect.rewrite import lowered
from tonecheck.detect.transform.verbs import Passive, active_verb, passive_of
from tonecheck.report import Edit

__all__ = ["WE", "WHO", "active"]

WE, WHO = "we", "[who]"
OBJECTS = {"i": "me", "he": "him", "she": "her", "they": "them"}
OURS = frozenset("i me my we us our ours mine myself ourselves nothing".split())
NO_AGENT = frozenset("mistake error accident chance default hand email mail phone post letter law".split())
# “You were supposed to” has no active; nobody writes “we stole your parcel”, and “we hacked our systems” is untrue.
NEVER = frozenset("suppose bear say mean rumour repute base locate situate concern interest relate".split())
NOT_OURS = frozenset("steal hack flood strike affect impact hit force compel oblige worry scare".split())
TOO_LONG = 9
# Verbs whose preposition stays with them in the passive: “was dealt with”.
STRANDED = {
    "deal": ("with",), "look": ("into", "at", "after"), "reply": ("to",), "respond": ("to",), "attend": ("to",),
    "see": ("to",), "act": ("on", "upon"), "account": ("for",), "pay": ("for",), "ask": ("for",), "agree": ("on", "to"),
    "listen": ("to",), "speak": ("to",), "talk": ("to",), "write": ("to",), "refer": ("to",), "cater": ("for",),
}  # fmt: skip


def active(block: Block, text: str, first: int, stop: int, who: str = WE) -> Iterator[Edit]:
    """The edit that puts `who` before the verb of the passive among the tokens `first` to `stop`.

    Nothing where somebody is named, where the subject is *we*, where other verbs or a question at
    the end hang on the same subject, and for *we* where nobody does such a thing to their client.
    """
    for token in block.doc[first:stop]:
        passive = passive_of(token) if token.tag_ in {"VBN", "VBD"} else None
        if passive is None or _names_agent(token) or _shares_subject(token) or _asks_back(block, token):
            continue
        if token.lemma_.lower() in (NEVER if who != WE else NEVER | NOT_OURS):
            continue
        subject = _subject(block, passive)
        if subject is not None:
            yield _edit(block, text, passive, subject, who)
            return


def _names_agent(verb: Token) -> bool:
    """Whether a “by …” says who did it."""
    for token in verb.children:
        is_by = any(child.lower_ == "by" for child in token.children)
        if is_by and token.lower_ not in NO_AGENT and not _measures(token):
            return True
    return False


def _measures(token: Token) -> bool:
    """Whether a “by …” gives a time or an amount."""
    phrase = token.doc[token.left_edge.i : token.right_edge.i + 1]
    return TIME.search(phrase.text) is not None or any(t.like_num or t.text == "%" for t in phrase)


def _shares_subject(verb: Token) -> bool:
    """Whether another verb leans on this one's subject: “was cancelled and refunded”."""
    joined = (child for child in verb.children if child.dep_ == "conj")
    return any(not any(c.dep_.startswith(("nsubj", "expl")) for c in other.children) for other in joined)


def _subject(block: Block, passive: Passive) -> tuple[int, int] | None:
    """The subject's tokens, which end where the verb group begins; None where they are not plain."""
    stop = passive.first.i
    heads = [c for c in passive.participle.children if c.dep_ in {"nsubj:pass", "nsubj"} and c.i < stop]
    firsts = sorted(head.left_edge.i for head in heads)
    first = next((i for i in firsts if block.doc[i].pos_ != "ADP"), None)
    if first is None or not 0 < stop - first <= TOO_LONG:
        return None
    inside = block.doc[first:stop]
    covered = {t.i for head in heads for t in head.subtree}
    if not covered.issuperset(range(first, stop)) or any(t.lower_ in OURS for t in inside):
        return None
    is_bent = any(
        t.text in {",", ";", ":", "(", ")"} or t.tag_ in {"WDT", "WP", "EX"} or t.pos_ in {"VERB", "AUX"}
        for t in inside
    )
    return None if is_bent or inside[0].pos_ == "ADJ" or _negated(block, first) else (first, stop)


def _negated(block: Block, first: int) -> bool:
    """Whether a *not* before the subject would come to stand before the verb."""
    return first > 0 and block.doc[first - 1].lower_ in {"not", "neither", "nor"}


def _asks_back(block: Block, verb: Token) -> bool:
    """Whether a question leans on the subject: “…, were they?”."""
    ends = next((s[1] for s in block.sentences if s[0] <= verb.i < s[1]), len(block.doc))
    return block.doc[ends - 1].text == "?"


def _edit(block: Block, text: str, passive: Passive, subject: tuple[int, int], who: str) -> Edit:
    first, stop = subject
    verb, last = passive.participle, passive.participle.i + 1
    particle = _particle(block, verb)
    if particle is not None:
        last = particle.i + 1
    named = _object(block, text, first, stop, verb)
    words = [who, active_verb(passive, plural=who == WE)]
    if particle is None:
        words += [named]
    elif (
        particle.lower_ not in STRANDED.get(verb.lemma_.lower(), ())
        and first + 1 == stop
        and block.doc[first].pos_ == "PRON"
    ):
        words += [named, particle.text]
    else:
        words += [particle.text, named]
    span = block.span(first, last)
    wording = " ".join(filter(None, words))
    opens = all(token.is_punct for token in block.doc[_begin(block, first) : first])
    if "’" in text[span.start : span.end]:
        wording = wording.replace("'", "’")
    if opens and any(c.isupper() for c in block.doc[first].text):
        wording = wording[:1].upper() + wording[1:]
    return Edit(span, wording, safe=False)


def _particle(block: Block, verb: Token) -> Token | None:
    """The small word that belongs to the verb: “sent out”, “dealt with”."""
    after = block.doc[verb.i + 1] if verb.i + 1 < len(block.doc) else None
    if after is None:
        return None
    is_particle = after.tag_ == "RP" or (after.dep_ == "compound:prt" and after.head == verb)
    is_stranded = after.lower_ in STRANDED.get(verb.lemma_.lower(), ()) and not _opens_phrase(block, after)
    return after if is_particle or is_stranded else None


def _opens_phrase(block: Block, preposition: Token) -> bool:
    """Whether the preposition's own noun follows it."""
    following = block.doc[preposition.i + 1] if preposition.i + 1 < len(block.doc) else None
    return following is not None and following.pos_ in {"DET", "PRON", "NOUN", "PROPN", "ADJ", "NUM"}


def _object(block: Block, text: str, first: int, stop: int, verb: Token) -> str:
    """The old subject's words as an object; nothing for an “it” that only announces a clause."""
    head = block.doc[first]
    announced = any(
        c.dep_ in {"ccomp", "xcomp", "csubj", "csubj:pass"} and c.i > verb.i for c in verb.children
    )
    if stop == first + 1 and head.lower_ == "it" and announced:
        return ""
    if stop == first + 1 and head.lower_ in OBJECTS:
        return OBJECTS[head.lower_]
    span = block.span(first, stop)
    return lowered(" ".join(text[span.start : span.end].split()), head)


def _begin(block: Block, token: int) -> int:
    return next((s[0] for s in block.sentences if s[0] <= token < s[1]), 0)

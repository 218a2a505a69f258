"""Where a sentence can be cut: its clauses, and edits that leave one out or add to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tonecheck.detect.engine import Doc, Token
from tonecheck.detect.parser import Block
from tonecheck.detect.reading import reads_on
from tonecheck.detect.rewrite import exact_edit
from tonecheck.report import Edit, Span

__all__ = ["Clause", "clause_of", "clauses", "left_out", "put_behind"]

JOINING = frozenset("and but so because although though while whereas or".split())
DEPENDENT = frozenset(("because", "while", "whereas", "or", "although", "though"))
DASHES = frozenset((";", "-", "–", "—", "--"))
CLOSING = frozenset('.!?…)"]') | {"...", "!!", "?!"}
SUBJECT_WITHIN = 6
# Words that need something to point at, in the clauses before or in their own sentence.
POINTING = frozenset("it its them they their this these he she him her his".split())


@dataclass(frozen=True, slots=True)
class Clause:
    """Tokens `first` to `stop`; those before `body` join it to what precedes.

    `stands` tells whether it has a subject of its own.
    """

    first: int
    body: int
    stop: int
    stands: bool


def clauses(block: Block, first: int, stop: int) -> list[Clause]:
    """The clauses of the sentence `first` to `stop`, without its closing marks."""
    doc = block.doc
    while stop > first + 1 and doc[stop - 1].text in CLOSING:
        stop -= 1
    cuts = [(first, first), *_cuts(doc, first, stop)]
    ends = [cut[0] for cut in cuts[1:]] + [stop]
    return [
        Clause(begin, body, end, _has_subject(doc, body, end))
        for (begin, body), end in zip(cuts, ends, strict=True)
    ]


def clause_of(block: Block, first: int, stop: int, span: Span) -> Clause:
    """The clause that holds most of the span."""

    def shared(clause: Clause) -> int:
        place = block.span(clause.first, clause.stop)
        return min(place.end, span.end) - max(place.start, span.start)

    return max(clauses(block, first, stop), key=shared)


def _cuts(doc: Doc, first: int, stop: int) -> Iterator[tuple[int, int]]:
    """Where a further clause begins, and where its own words do after what joins it."""
    done = first
    for i in range(first + 2, stop - 1):
        if i < done or not _joins(doc, i, stop):
            continue
        begin = i - 1 if doc[i - 1].text == "," else i
        done = i + 2
        yield begin, i + 1


def _joins(doc: Doc, i: int, stop: int) -> bool:
    token = doc[i]
    if token.text in DASHES:
        spaced = token.text == ";" or (doc[i - 1].whitespace_ and token.whitespace_)
        return bool(spaced) and _has_subject(doc, i + 1, stop)
    if token.lower_ not in JOINING or (token.lower_ == "so" and doc[i - 1].pos_ == "AUX"):
        return False
    return _has_subject(doc, i + 1, min(i + 1 + SUBJECT_WITHIN, stop)) or _second_verb(doc, i + 1)


def _has_subject(doc: Doc, first: int, stop: int) -> bool:
    """Whether a verb's subject stands there before its verb, the first one there."""
    for token in doc[first:stop]:
        if token.pos_ == "VERB" and token.tag_ not in {"VBG", "VBN"}:
            return False
        if token.dep_.startswith(("nsubj", "expl")) and token.head.i > token.i:
            return not token.head.dep_.startswith("acl")
        if token.text == "," and token.i > first + 2:
            return False
    return False


def _second_verb(doc: Doc, i: int) -> bool:
    """Whether a second verb of the same subject begins there: “… and appreciate it”."""
    token: Token = doc[i]
    if token.pos_ == "ADV" and i + 1 < len(doc):
        token = doc[i + 1]
    finite = token.tag_ in {"VBP", "VBZ", "VBD", "MD"} or (token.tag_ == "VB" and token.head.dep_ == "ROOT")
    return finite and token.dep_ in {"conj", "aux"} and token.head.i != token.i


def left_out(block: Block, text: str, first: int, stop: int, clause: Clause | None) -> Edit | None:
    """The edit that leaves the clause out; the whole sentence where it is all of it, or None."""
    parts = clauses(block, first, stop)
    if clause is None or len(parts) == 1:
        return exact_edit(block, text, first, stop, "", safe=False)
    if _is_leant_on(block.doc, parts, parts.index(clause)):
        return None
    if clause != parts[0]:
        begin, end = clause.first, clause.stop
        begin += block.doc[begin].text == "," and begin + 1 < end
        return (
            exact_edit(block, text, begin, end, "", safe=False) if reads_on(block, begin, end, "") else None
        )
    following = parts[1]
    if not following.stands or block.doc[following.body - 1].lower_ in DEPENDENT:
        return None
    return exact_edit(block, text, clause.first, following.body, "", safe=False)


def _is_leant_on(doc: Doc, parts: list[Clause], at: int) -> bool:
    """Whether the next clause draws a conclusion from this one, or points at what only this one names."""
    if at + 1 == len(parts):
        return False
    own, following = parts[at], parts[at + 1]
    named = {token.lower_ for token in doc[parts[0].first : own.stop]}
    points = {token.lower_ for token in doc[following.first : following.stop]} & POINTING
    concludes = at > 0 and doc[following.body - 1].lower_ == "so"
    return concludes or not points <= named


def put_behind(block: Block, first: int, stop: int, sentence: str) -> Edit:
    """The edit that puts a sentence behind this one, which gets its full stop."""
    place = block.span(first, stop).end
    ends_well = block.doc[stop - 1].text in CLOSING
    return Edit(Span(place, place), f"{'' if ends_well else '.'} {sentence}", safe=False)

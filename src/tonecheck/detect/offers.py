"""What is offered where no rule knows a better wording: prompts, words to leave out, another order.

`types.toml` says what is offered for which type. An offer is never made without the writer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tonecheck.detect.classifier import reasons
from tonecheck.detect.losses import keeps_facts
from tonecheck.detect.rules import Sentence
from tonecheck.detect.transform import TRANSFORMED
from tonecheck.detect.transform.clauses import Clause, clause_of, left_out, put_behind
from tonecheck.detect.transform.order import LEANS, moved_behind
from tonecheck.report import Edit, Finding, Move, Skipped, Span

__all__ = ["with_offers"]

MOST, MOSTLY_INSIDE = 0.6, 0.8
MAX_OFFERS = 2
SORRY = re.compile(r"\b(?:sorry|apolog|regret)", re.IGNORECASE)
# What a sentence does for the client; it may not be left out for a fault in it.
HELPFUL = frozenset(
    "apologises owns fixes when collaborates prevents makes_good keeps_door_open reason listens".split()
)


def with_offers(
    text: str,
    findings: Sequence[Finding],
    sentences: Sequence[Sentence],
    moves: Sequence[Move],
    skipped: Sequence[Skipped],
) -> list[Finding]:
    """The findings, those without an edit with what their type offers; excuses may also move."""
    spans = [s.span for s in sentences]
    found = []
    for finding in findings:
        at = next((n for n, span in enumerate(spans) if span.overlaps(finding.span)), None)
        edits = list(finding.edits)
        if at is not None and not edits:
            edits += _distinct(_offers(text, finding, sentences, at, moves))
        if at is not None and finding.fault == "excuses":
            moved = moved_behind(text, spans, at, moves)
            edits += [moved] if moved is not None else []
        free = [e for e in dict.fromkeys(edits) if not any(_meet(s.span, e.span) for s in skipped)]
        found.append(replace(finding, edits=tuple(free)))
    return found


def _meet(skipped: Span, edited: Span) -> bool:
    return skipped.overlaps(edited) or (len(edited) == 0 and skipped.start < edited.start < skipped.end)


def _distinct(offers: Iterator[Edit]) -> list[Edit]:
    """The first few offers, of those that say the same only one."""
    said = {offer.text.strip(" ."): offer for offer in reversed(list(offers))}
    return list(reversed(said.values()))[:MAX_OFFERS]


def _offers(
    text: str, finding: Finding, sentences: Sequence[Sentence], at: int, moves: Sequence[Move]
) -> Iterator[Edit]:
    sentence = sentences[at]
    block = sentence.block
    offers: list[Mapping[str, Any]] = reasons()[finding.type].get("offers", [])
    for offer in offers:
        if any(map(sentence.holds, offer.get("unless", ()))) or not all(
            map(sentence.holds, offer.get("needs", ()))
        ):
            continue
        if "transform" in offer:
            yield from TRANSFORMED[offer["transform"]](block, text, *_tokens(sentence, finding.span))
        elif "instead" in offer:
            yield from _instead(text, finding, sentence, offer["instead"])
        elif "behind" in offer:
            yield put_behind(block, sentence.first, sentence.stop, offer["behind"])
        elif "leave_out" in offer:
            yield from _left_out(text, finding, sentences, at, moves)


def _clause(sentence: Sentence, finding: Finding) -> Clause | None:
    """The clause that the finding is in; None where it goes over several."""
    clause = clause_of(sentence.block, sentence.first, sentence.stop, finding.span)
    place = sentence.block.span(clause.first, clause.stop)
    inside = min(place.end, finding.span.end) - max(place.start, finding.span.start)
    return clause if inside >= MOSTLY_INSIDE * len(finding.span) else None


def _tokens(sentence: Sentence, span: Span) -> tuple[int, int]:
    """The tokens of the sentence that the span touches."""
    block = sentence.block
    inside = [i for i in range(sentence.first, sentence.stop) if block.span(i, i + 1).overlaps(span)]
    return (inside[0], inside[-1] + 1) if inside else (sentence.first, sentence.stop)


def _share(sentence: Sentence, first: int, stop: int, span: Span) -> float:
    """How much of the tokens `first` to `stop` the span takes up."""
    place = sentence.block.span(first, stop)
    return (min(place.end, span.end) - max(place.start, span.start)) / max(1, len(place))


def _instead(text: str, finding: Finding, sentence: Sentence, wording: str) -> Iterator[Edit]:
    """The wording for the whole sentence, where the finding is most of it and nothing else is lost."""
    if _share(sentence, sentence.first, sentence.stop, finding.span) < MOST:
        return
    doc, first, stop = sentence.block.doc, sentence.first, sentence.stop
    while stop > first + 1 and doc[stop - 1].is_punct:
        stop -= 1
    while first < stop - 1 and doc[first].text.startswith("@"):
        first += 1
    edit = Edit(sentence.block.span(first, stop), wording, safe=False)
    if not _sorry(text, edit) and keeps_facts(sentence.block, edit):
        yield edit


def _sorry(text: str, edit: Edit) -> bool:
    """Whether an apology would go, however hollow it is."""
    return SORRY.search(text[edit.span.start : edit.span.end]) is not None


def _left_out(
    text: str, finding: Finding, sentences: Sequence[Sentence], at: int, moves: Sequence[Move]
) -> Iterator[Edit]:
    """The clause of the finding left out, where nothing that helps or that others lean on goes."""
    sentence = sentences[at]
    block, clause = sentence.block, _clause(sentence, finding)
    first, stop = (sentence.first, sentence.stop) if clause is None else (clause.first, clause.stop)
    edit = left_out(block, text, sentence.first, sentence.stop, clause)
    if edit is None or sentence.holds("question") or _sorry(text, edit) or not keeps_facts(block, edit):
        return
    if _share(sentence, first, stop, finding.span) < MOST:
        return
    helps = any(m.kind in HELPFUL and m.span.overlaps(block.span(first, stop)) for m in moves)
    whole = len(edit.span) >= len(sentence.span)
    leant_on = whole and at + 1 < len(sentences) and LEANS.match(text, sentences[at + 1].span.start)
    if not helps and not leant_on and not (whole and len(sentences) == 1):
        yield edit

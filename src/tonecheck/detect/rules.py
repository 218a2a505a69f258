"""Rules over parsed drafts: phrases and token patterns, trees, then the facts of the sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tonecheck.detect.engine import DependencyMatcher, Language, Token
from tonecheck.detect.facts import holds
from tonecheck.detect.filing import Filed, tokens_of
from tonecheck.detect.losses import keeps_facts
from tonecheck.detect.parser import Block
from tonecheck.detect.reading import reads_on, stop_for
from tonecheck.detect.rewrite import exact_edit, fill
from tonecheck.detect.runs import Runs, compiled
from tonecheck.detect.transform import TRANSFORMED
from tonecheck.errors import RuleError
from tonecheck.kept import kept, stamps
from tonecheck.phrase import variants
from tonecheck.report import Edit, Finding, Span
from tonecheck.rule import Pattern, Rule

__all__ = ["Context", "Match", "RuleMatcher", "Sentence", "findings", "sentences_of"]

# A conjunction or an aside may stand before the words that "start" a sentence.
OPENERS = frozenset(
    [
        "and",
        "but",
        "so",
        "well",
        "also",
        "however",
        "yet",
        "unfortunately",
        "sadly",
        ",",
        "hi",
        "hello",
        "now",
        "then",
        "again",
        "as",
    ]
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a block, as token indices, with the facts of its place in the draft."""

    block: Block
    first: int
    stop: int
    placed: frozenset[str]
    _known: dict[str, bool] = field(default_factory=dict, compare=False, repr=False)

    def holds(self, fact: str) -> bool:
        """Whether the fact holds of the sentence or of its place; found out when it is first asked."""
        if fact not in self._known:
            by_place = fact in self.placed
            self._known[fact] = by_place or holds(fact, self.block, self.first, self.stop)
        return self._known[fact]

    @property
    def span(self) -> Span:
        """Where it stands in the draft."""
        return self.block.span(self.first, self.stop)


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may know beyond its sentence: the draft's text and the client's words."""

    text: str
    client: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A pattern found: which tokens it underlines, and which token fills which slot.

    `number` is the pattern's place in its file: of two that mark the same words the first counts.
    """

    rule: Rule
    number: int
    sentence: Sentence
    first: int
    stop: int
    slots: tuple[tuple[str, int], ...]

    @property
    def pattern(self) -> Pattern:
        """The pattern itself."""
        return self.rule.patterns[self.number]

    @property
    def span(self) -> Span:
        """The underlined words."""
        return self.sentence.block.span(self.first, self.stop)


def sentences_of(blocks: tuple[Block, ...], context: Context) -> tuple[Sentence, ...]:
    """All sentences in order, each with the facts of its place."""
    sentences: list[Sentence] = []
    apologised = False
    for block in blocks:
        for first, stop in block.sentences:
            placed = {"after-apology" if apologised else "before-apology"}
            if context.client:
                placed.add("answers-complaint")
            sentences.append(Sentence(block, first, stop, frozenset(placed)))
            apologised = apologised or sentences[-1].holds("apology")
    return tuple(sentences)


class RuleMatcher:
    """Rules compiled once for a pipeline.

    `unserved` are the ids of rules with patterns that need attributes the pipeline lacks; those
    patterns stay silent. Raises RuleError for a pattern that spaCy refuses.
    """

    def __init__(self, rules: tuple[Rule, ...], nlp: Language, served: frozenset[str]) -> None:
        self.unserved = tuple(r.id for r in rules if any(p.trained - served for p in r.patterns))
        self._by_name = {
            f"{rule.id}#{number}": (rule, number)
            for rule in rules
            for number, pattern in enumerate(rule.patterns)
            if not pattern.trained - served
        }
        made_of = (tuple(self._by_name), stamps(r.path for r in rules if r.path), nlp.meta["version"])
        self._runs = Runs(nlp, kept("patterns", made_of, lambda: self._filed(nlp)))
        self._trees = DependencyMatcher(nlp.vocab)
        for name, (rule, number) in self._by_name.items():
            if rule.patterns[number].tree:
                with _blaming(rule, number):
                    self._trees.add(name, [list(map(dict, rule.patterns[number].tree))])

    def _filed(self, nlp: Language) -> Filed:
        """The patterns of phrases and tokens; the house's are compiled to see that they are right."""
        filed = Filed()
        for name, (rule, number) in self._by_name.items():
            pattern = rule.patterns[number]
            with _blaming(rule, number):
                if pattern.tokens:
                    filed.add(name, pattern.tokens)
                    if not rule.built_in:
                        compiled(nlp, list(map(dict, pattern.tokens)), validate=True)
                for phrase in pattern.phrases:
                    for run in variants(phrase):
                        filed.add(name, list(tokens_of(run, nlp)))
        return filed

    def matches(self, sentences: tuple[Sentence, ...], context: Context) -> Iterator[Match]:
        """Every match whose rule and pattern hold in its sentence."""
        blocks = dict.fromkeys(id(sentence.block) for sentence in sentences)
        for block_id in blocks:
            own = [s for s in sentences if id(s.block) == block_id]
            for name, first, stop, slots in self._found(own[0].block):
                sentence = next((s for s in own if s.first <= first and stop <= s.stop), None)
                if sentence is None:
                    continue
                match = Match(*self._by_name[name], sentence, first, stop, slots)
                if _holds(match, context):
                    yield match

    def _slots(self, name: str) -> tuple[str, ...]:
        rule, number = self._by_name[name]
        return rule.patterns[number].slots

    def _found(self, block: Block) -> Iterator[tuple[str, int, int, tuple[tuple[str, int], ...]]]:
        for name, first, stop, places in self._runs(block):
            slots_of = self._slots(name)
            slots = (
                (slots_of[part], first + i) for i, part in enumerate(places) if slots_of and slots_of[part]
            )
            yield name, first, stop, tuple(slots)
        if not len(self._trees):
            return
        for key, tokens in self._trees(block.doc):
            name = block.doc.vocab.strings[key]
            slots = ((slot, i) for slot, i in zip(self._slots(name), tokens, strict=True) if slot)
            yield name, min(tokens), max(tokens) + 1, tuple(slots)


@contextmanager
def _blaming(rule: Rule, number: int) -> Iterator[None]:
    """Say which pattern it is that spaCy refuses."""
    try:
        yield
    except Exception as error:  # spaCy's own words about a wrong pattern
        place = rule.path or rule.id
        raise RuleError(f"{place}: pattern {number + 1} of {rule.id}: {error}") from None


def _holds(match: Match, context: Context) -> bool:
    if match.pattern.at_start and not _opens(match):
        return False

    def is_so(fact: str) -> bool:
        return _client_used(match, context) if fact == "client-used" else match.sentence.holds(fact)

    needs = (*match.rule.needs, *match.pattern.needs)
    unless = (*match.rule.unless, *match.pattern.unless)
    return all(is_so(fact) for fact in needs) and not any(is_so(fact) for fact in unless)


def _client_used(match: Match, context: Context) -> bool:
    words = context.text[match.span.start : match.span.end].lower()
    used = re.search(rf"\b{re.escape(words)}\b", context.client.lower())
    return bool(context.client) and used is not None


def _opens(match: Match) -> bool:
    doc = match.sentence.block.words
    return all(doc[i].lower_ in OPENERS for i in range(match.sentence.first, match.first))


def findings(matches: Iterator[Match], context: Context) -> list[Finding]:
    """A finding a match, with its message and edits; of one rule's overlaps the longest stays."""
    ordered = sorted(matches, key=lambda m: (m.rule.id, m.first - m.stop, m.span, m.number))
    kept: list[Match] = []
    for match in ordered:
        if not any(m.rule.id == match.rule.id and m.span.overlaps(match.span) for m in kept):
            kept.append(match)
    return [_finding(match, context.text) for match in kept]


def _finding(match: Match, text: str) -> Finding:
    rule, pattern, block = match.rule, match.pattern, match.sentence.block
    words = " ".join(text[match.span.start : match.span.end].split())
    tokens: dict[str, Token] = {}
    parts: dict[str, str] = {}
    for name, index in match.slots:
        tokens.setdefault(name, block.doc[index])
        span = block.span(index, index + 1)
        piece = text[span.start : span.end]
        parts[name] = f"{parts[name]} {piece}" if name in parts else piece
    wordings = [fill(template, words, tokens, parts, pattern.words) for template in pattern.replacements]
    edits = [edit for name in pattern.transforms for edit in _transformed(match, name, text)]
    ends = {wording: stop_for(block, text, match.stop, wording) for wording in wordings}
    edits += [
        exact_edit(block, text, match.first, stop, wording, pattern.safe)
        for wording, stop in ends.items()
        if reads_on(block, match.first, stop, wording)
    ]
    return Finding(
        rule=rule.id,
        type=rule.type,
        span=match.span,
        message=fill(rule.message, words, tokens, parts),
        why=rule.why,
        severity=rule.severity,
        confidence=0.9,
        edits=tuple(edit for edit in dict.fromkeys(edits) if _counts(match, edit, text)),
    )


def _counts(match: Match, edit: Edit, text: str) -> bool:
    """Whether the edit changes something and loses nothing."""
    changes = text[edit.span.start : edit.span.end] != edit.text
    return changes and keeps_facts(match.sentence.block, edit, match.pattern)


def _transformed(match: Match, name: str, text: str) -> Iterator[Edit]:
    """The edits of a transformation, no safer than the pattern says."""
    for edit in TRANSFORMED[name](match.sentence.block, text, match.first, match.stop):
        yield Edit(edit.span, edit.text, edit.safe and match.pattern.safe)

"""The waist: a Draft goes in, a Report comes out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache

from tonecheck.config import Config
from tonecheck.detect.classifier import Classifier
from tonecheck.detect.judge import Opinion
from tonecheck.detect.language import is_english
from tonecheck.detect.listening import listening, told_in
from tonecheck.detect.model import judge_folder
from tonecheck.detect.moves import missing_moves, moves_of
from tonecheck.detect.offers import with_offers
from tonecheck.detect.parser import TAGS, Parser
from tonecheck.detect.rules import Context, RuleMatcher, Sentence, findings, sentences_of
from tonecheck.detect.sentiment import sentiment_of
from tonecheck.detect.voices import joined, one_voice, unspoken
from tonecheck.kept import stamps_within
from tonecheck.mail.draft import Draft, few_words, own_text
from tonecheck.profile import PROFILES, Profile, offered
from tonecheck.report import Finding, Move, Report, Score, Span
from tonecheck.rewriting import Reading, plainer
from tonecheck.rule import Rule, built_in_moves
from tonecheck.rulebook import rules_of
from tonecheck.score import score

__all__ = ["Checker", "checker_for"]

MAX_CHECKERS = 8
KEPT_REPORTS, KEPT_DRAFTS = 8, 16


@dataclass(frozen=True)
class _Found:
    """All that detectors find in one draft: each rule's findings, the judge's, both with one voice."""

    sentences: tuple[Sentence, ...]
    every: tuple[Finding, ...]
    opinions: tuple[Opinion, ...]
    heard: tuple[Finding, ...]
    findings: tuple[Finding, ...]
    moves: tuple[Move, ...]
    scores: tuple[Score, ...]


class Checker:
    """Checks drafts under one configuration; loads its pipeline once, at the first draft."""

    def __init__(
        self, config: Config | None = None, *, parser: Parser | None = None, judge: bool = True
    ) -> None:
        self.config = config or Config()
        self._parser = parser or _shared_parser()
        self._classifier = _shared_classifier() if judge else None
        self._reports = lru_cache(KEPT_REPORTS)(self._checked)
        self._found = lru_cache(KEPT_DRAFTS)(self._find)
        self._ruled = lru_cache(KEPT_DRAFTS)(self._by_rule)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The built-in rules and the house's, without those that are off."""
        return rules_of(self.config)

    @cached_property
    def _matcher(self) -> RuleMatcher:
        return RuleMatcher(self.rules, self._parser.nlp, self._parser.attributes)

    @cached_property
    def _move_matcher(self) -> RuleMatcher:
        return RuleMatcher(built_in_moves(), self._parser.nlp, self._parser.attributes)

    @property
    def _profile(self) -> Profile:
        return PROFILES[self.config.profile]

    @property
    def unserved(self) -> tuple[str, ...]:
        """Rules with patterns that the installed pipeline cannot serve."""
        return self._matcher.unserved

    @property
    def model(self) -> str | None:
        """The language pipeline's name and version; None without a trained one."""
        return self._parser.model

    @property
    def judges(self) -> bool:
        """Whether the judge has a say beside the rules."""
        return self._classifier is not None

    def check(self, draft: Draft, *, unsure: bool = False, plain: bool = True) -> Report:
        """The report on one draft; a draft that cannot be judged gets no scores, and a reason.

        With `unsure` it also holds what the judge only half hears. Without `plain` its `plain` and
        `plain_safe` are the text as it is, and it takes half the time.
        A draft is often checked again as it was, under another name: that report is still here.
        """
        return replace(self._reports(replace(draft, source=""), unsure, plain), source=draft.source)

    def read_ahead(self, drafts: Iterable[Draft]) -> None:
        """Have the pipeline read several drafts together, before `check` is asked about each."""
        judged = [draft for draft in drafts if not (draft.not_judged or _other_language(draft))]
        self._parser.read_ahead(judged)
        self._parser.read_ahead((told for told in map(told_in, judged) if told is not None), TAGS)

    def _checked(self, draft: Draft, unsure: bool, plain: bool) -> Report:
        reason = draft.not_judged or _other_language(draft)
        if reason:
            return _unjudged(draft, reason)
        found = self._found(draft)
        context = Context(draft.text, draft.client or "")
        spans = tuple(s.span for s in found.sentences)
        doubtful = self._heard(draft, spans, found.opinions, unsure=True) if unsure else ()
        short = few_words(draft)
        listens = not short and self.model is not None
        answered, unanswered = listening(draft, self._parser) if listens else ((), ())
        return Report(
            text=draft.text,
            sentences=spans,
            findings=self._as_offered(draft, _with_offers(draft, found)),
            unsure=tuple(unspoken(doubtful, found.findings, spans)),
            moves=found.moves,
            missing=() if short else self._missing(found, context),
            answered=answered,
            unanswered=unanswered,
            scores=found.scores,
            sentiment=sentiment_of(own_text(draft)),
            skipped=draft.skipped,
            plain=self.plain(draft, safe_only=False) if plain else draft.text,
            plain_safe=self.plain(draft, safe_only=True) if plain else draft.text,
            source=draft.source,
            model=self.model,
            waited_hours=draft.waited_hours,
            not_judged=short,
            notes=(*draft.notes, *self._unserved_note()),
        )

    def _find(self, draft: Draft) -> _Found:
        context = Context(draft.text, draft.client or "")
        sentences, every = self._ruled(draft)
        spans = tuple(s.span for s in sentences)
        opinions = self._opinions(draft, spans)
        heard = self._heard(draft, spans, opinions)
        by_rule = one_voice(every)
        together = tuple(joined(by_rule, heard, spans, opinions) if opinions else by_rule)
        moves = self._moves(draft, sentences, context, opinions)
        scores = () if few_words(draft) else score(together, moves)
        return _Found(sentences, every, tuple(opinions), heard, together, moves, scores)

    def findings(self, draft: Draft) -> list[Finding]:
        """Only the findings of rules, in order of place: those that edits can answer."""
        return list(self._as_offered(draft, one_voice(self.every_finding(draft))))

    def every_finding(self, draft: Draft) -> list[Finding]:
        """The findings of every rule, also where several speak about the same words."""
        return list(self._ruled(draft)[1])

    def move_matches(self, draft: Draft) -> list[tuple[str, Span]]:
        """The id of each move's pattern file that matches, and the words."""
        context = Context(draft.text, draft.client or "")
        matches = self._move_matcher.matches(self._sentences(draft, context), context)
        return [(match.rule.id, match.span) for match in matches]

    def plainer(self, draft: Draft, *, safe_only: bool) -> Draft:
        """The draft with the first edit of every rule's finding made, as far as none makes it worse."""
        return plainer(draft, self.findings, self.reading, safe_only=safe_only)

    def plain(self, draft: Draft, *, safe_only: bool) -> str:
        """The text of `plainer`."""
        return self.plainer(draft, safe_only=safe_only).text

    def reading(self, draft: Draft) -> Reading:
        """All that is found in the draft, also where another finding speaks for it."""
        found = self._found(draft)
        return Reading(
            text=draft.text,
            sentences=tuple(s.span for s in found.sentences),
            findings=found.findings,
            rules=(*(f.rule for f in found.every), *(f.fault for f in found.heard)),
            scores=found.scores,
        )

    def _sentences(self, draft: Draft, context: Context) -> tuple[Sentence, ...]:
        return sentences_of(self._parser.parse(draft), context)

    def _by_rule(self, draft: Draft) -> tuple[tuple[Sentence, ...], tuple[Finding, ...]]:
        """The draft's sentences, and what rules find in them."""
        context = Context(draft.text, draft.client or "")
        sentences = self._sentences(draft, context)
        found = findings(self._matcher.matches(sentences, context), context)
        return sentences, tuple(_on_own_words(draft, f) for f in found if self._wanted(draft, f))

    def _wanted(self, draft: Draft, finding: Finding) -> bool:
        """Whether the finding is about the author's words, and not one that the user lets pass."""
        words = draft.text[finding.span.start : finding.span.end]
        lets_pass = self.config.is_off(finding.rule) or self.config.accepts(finding.rule, words)
        return not lets_pass and not _touches_skipped(draft, finding.span)

    def _opinions(self, draft: Draft, spans: tuple[Span, ...]) -> list[Opinion]:
        """What the judge thinks of each sentence; nothing without a judge, or of too few words."""
        if self._classifier is None or few_words(draft):
            return []
        return self._classifier.judge.opinions(draft.text, spans, draft.client or "")

    def _heard(
        self, draft: Draft, spans: tuple[Span, ...], opinions: Sequence[Opinion], *, unsure: bool = False
    ) -> tuple[Finding, ...]:
        """What the judge hears and the user wants to know; with `unsure` what it half hears."""
        if self._classifier is None or not opinions:
            return ()
        heard = self._classifier.findings(draft.text, spans, opinions, unsure=unsure)
        return tuple(finding for finding in heard if self._wanted(draft, finding))

    def _as_offered(self, draft: Draft, found: Iterable[Finding]) -> tuple[Finding, ...]:
        """The findings with those of their edits that the profile offers."""
        return tuple(offered(self._profile, finding, draft.text) for finding in found)

    def _missing(self, found: _Found, context: Context) -> tuple[str, ...]:
        missing = missing_moves(found.sentences, found.moves, list(found.findings), context)
        return tuple(kind for kind in missing if kind not in self._profile.not_missed)

    def _moves(
        self, draft: Draft, sentences: tuple[Sentence, ...], context: Context, opinions: list[Opinion]
    ) -> tuple[Move, ...]:
        by_pattern = moves_of(sentences, self._move_matcher.matches(sentences, context), context)
        moves = tuple(m for m in by_pattern if not _touches_skipped(draft, m.span))
        if self._classifier is None or not opinions:
            return moves
        return self._classifier.joined_moves(moves, [s.span for s in sentences], opinions)

    def _unserved_note(self) -> tuple[str, ...]:
        if not self.unserved:
            return ()
        return (
            f"{len(self.unserved)} rules need the trained language pipeline and were skipped: "
            + ", ".join(self.unserved),
        )


def _unjudged(draft: Draft, reason: str) -> Report:
    return Report(
        text=draft.text,
        skipped=draft.skipped,
        plain=draft.text,
        plain_safe=draft.text,
        source=draft.source,
        waited_hours=draft.waited_hours,
        not_judged=reason,
        notes=draft.notes,
    )


def _other_language(draft: Draft) -> str | None:
    return None if is_english(own_text(draft)) else "language"


def _with_offers(draft: Draft, found: _Found) -> list[Finding]:
    return with_offers(draft.text, found.findings, found.sentences, found.moves, draft.skipped)


def _on_own_words(draft: Draft, finding: Finding) -> Finding:
    """The finding without edits that would change what is not the author's."""
    own = tuple(edit for edit in finding.edits if not _touches_skipped(draft, edit.span))
    return finding if own == finding.edits else replace(finding, edits=own)


def _touches_skipped(draft: Draft, span: Span) -> bool:
    return any(s.span.overlaps(span) for s in draft.skipped)


_checkers: list[tuple[Checker, object]] = []


def checker_for(config: Config | None = None) -> Checker:
    """A Checker for the settings, kept warm for the next draft until a house rule's file changes."""
    config = config or Config()
    files = stamps_within(config.rules)
    for checker, seen in _checkers:
        if checker.config.for_checks() == config.for_checks() and seen == files:
            return checker
    _checkers.append((Checker(config), files))
    del _checkers[:-MAX_CHECKERS]
    return _checkers[-1][0]


@cache
def _shared_parser() -> Parser:
    return Parser()


@cache
def _shared_classifier() -> Classifier | None:
    folder = judge_folder()
    return Classifier(folder) if folder is not None else None

"""The one loop that tests every rule, built in or a company's own, by the sentences inside it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tonecheck.checker import Checker
from tonecheck.mail.draft import draft_of
from tonecheck.mail.edit import apply
from tonecheck.report import Edit, Finding, Span
from tonecheck.rule import Example, Rule

__all__ = ["Failure", "failures"]

NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
COMPLAINT = "This is not what I paid for. Please put it right."
NAME = re.compile(r"(?<![.!?] )(?<!^)\b[A-Z][a-z]+\b")


@dataclass(frozen=True, slots=True)
class Failure:
    """What a rule file promises and does not keep."""

    rule: Rule
    sentence: str
    what: str

    def __str__(self) -> str:
        return f"{self.rule.path or self.rule.id}:{_line(self.rule, self.sentence)}: {self.what}"


def failures(checker: Checker, rules: tuple[Rule, ...]) -> Iterator[Failure]:
    """Every broken promise of the rules, which are among the checker's own.

    An example is flagged at exactly its span; its first edit gives `plain`, which is clean for
    every rule; no edit loses a number or a name; no sentence under `fine` is flagged, also in
    answer to a complaint where the rule waits for one.
    """
    for rule in rules:
        for example in rule.examples:
            for what in _of_example(checker, rule, example):
                yield Failure(rule, example.text, what)
        for sentence in rule.fine:
            for span in _flagged(checker, rule, sentence, _complaint(rule)):
                yield Failure(
                    rule, sentence, f"must pass, but “{sentence[span.start : span.end]}” is flagged"
                )


def _complaint(rule: Rule) -> str | None:
    """What a near miss answers: a complaint where the rule, or a pattern of it, needs one to speak."""
    waits = any("answers-complaint" in needs for needs in (rule.needs, *(p.needs for p in rule.patterns)))
    return COMPLAINT if waits else None


def _of_example(checker: Checker, rule: Rule, example: Example) -> Iterator[str]:
    text, wanted = example.text, example.span
    spans = list(_flagged(checker, rule, text, example.client))
    if spans != [wanted]:
        shown = ", ".join(f"“{text[s.start : s.end]}”" for s in spans) or "nothing"
        yield f"“{text[wanted.start : wanted.end]}” must be flagged, but {shown} is"
        return
    if not rule.message:
        return
    finding = next(_of_rule(checker, rule, text, example.client))
    first = next(iter(finding.edits), None)
    made = text if first is None else apply(text, [first])
    if example.plain is not None and made != example.plain:
        yield f"the first edit must give “{example.plain}”, but gives “{made}”"
    if example.plain is not None:
        for left in checker.findings(draft_of(example.plain, client=example.client)):
            words = example.plain[left.span.start : left.span.end]
            yield f"“{example.plain}” must be clean, but {left.rule} flags “{words}”"
    for edit in finding.edits:
        yield from _lost(text, edit)


def _lost(text: str, edit: Edit) -> Iterator[str]:
    after = apply(text, [edit])
    for kind, pattern in (("number", NUMBER), ("name", NAME)):
        for word in Counter(pattern.findall(text)) - Counter(pattern.findall(after)):
            if not re.search(rf"\b{re.escape(word)}\b", after):
                yield f"the edit to “{edit.text}” loses the {kind} “{word}”"


def _of_rule(checker: Checker, rule: Rule, text: str, client: str | None) -> Iterator[Finding]:
    found = checker.every_finding(draft_of(text, client=client))
    return (finding for finding in found if finding.rule == rule.id)


def _flagged(checker: Checker, rule: Rule, text: str, client: str | None = None) -> Iterator[Span]:
    draft = draft_of(text, client=client)
    if rule.message:
        return (finding.span for finding in _of_rule(checker, rule, text, client))
    return (span for kind, span in checker.move_matches(draft) if kind == rule.id)


def _line(rule: Rule, sentence: str) -> int:
    """The line of the rule's file that holds the sentence, brackets aside."""
    if rule.path is None:
        return 1
    lines = rule.path.read_text("utf8").splitlines()
    plain = sentence.replace('"', '\\"')[:40]
    return next((n for n, line in enumerate(lines, 1) if plain in re.sub(r"[\[\]]", "", line)), 1)

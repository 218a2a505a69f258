"""Stepping through a draft's edits: what is asked, what was decided, and the way back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tonecheck.detect.rewrite import WRITER_SLOT
from tonecheck.mail.draft import Draft
from tonecheck.mail.edit import apply_to_draft, compatible
from tonecheck.report import Edit, Finding, Report, Span

__all__ = ["Choice", "Item", "Step", "next_item", "stepped"]

# What a decision is remembered by: rule, words, and which of several such findings it is.
Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Step:
    """A draft on its way: what was left as it is, and what (rule, words) to leave from now on."""

    draft: Draft
    left: frozenset[Key] = frozenset()
    ignored: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """A finding to decide about, in its sentence.

    `together` are the first edits of this and the sentence's other findings, where there are
    several and none asks anything of the writer.
    """

    report: Report
    key: Key
    finding: Finding
    sentence: Span
    together: tuple[Edit, ...]
    number: int
    count: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What the writer wants: edits made, words left, left for good, one step back, or an end."""

    edits: tuple[Edit, ...] = ()
    ignore: bool = False
    undo: bool = False
    stop: bool = False


Check = Callable[[Draft], Report]
Ask = Callable[[Item, Report | None], Choice]


def stepped(draft: Draft, check: Check, ask: Ask) -> Step:
    """The draft after the writer's choices. `ask` is given the item, and the report before the last
    choice if that changed the draft.
    """
    history = [Step(draft)]
    before: Report | None = None
    while True:
        step = history[-1]
        report = check(step.draft)
        item = next_item(report, step)
        if item is None:
            return step
        choice = ask(item, before)
        before = report if choice.edits else None
        if choice.stop:
            return step
        if choice.undo:
            del history[max(1, len(history) - 1) :]
        else:
            history.append(_decided(step, item, choice))


def _decided(step: Step, item: Item, choice: Choice) -> Step:
    if choice.edits:
        return replace(step, draft=apply_to_draft(step.draft, choice.edits))
    ignored = (*step.ignored, item.key[:2]) if choice.ignore else step.ignored
    return replace(step, left=step.left | {item.key}, ignored=ignored)


def next_item(report: Report, step: Step) -> Item | None:
    """The first finding with an edit that is not decided yet."""
    ignored = {(rule, words.casefold()) for rule, words in step.ignored}
    waiting = [
        (key, finding)
        for key, finding in _keyed(report)
        if finding.edits and key not in step.left and (key[0], key[1].casefold()) not in ignored
    ]
    if not waiting:
        return None
    key, finding = waiting[0]
    sentence = next((s for s in report.sentences if s.overlaps(finding.span)), finding.span)
    done = len(step.left)
    return Item(report, key, finding, sentence, _together(sentence, waiting), done + 1, done + len(waiting))


def _together(sentence: Span, waiting: list[tuple[Key, Finding]]) -> tuple[Edit, ...]:
    firsts = [f.edits[0] for _, f in waiting if f.span.overlaps(sentence)]
    made = compatible(e for e in firsts if not WRITER_SLOT.search(e.text))
    return tuple(made) if len(made) > 1 else ()


def _keyed(report: Report) -> Iterator[tuple[Key, Finding]]:
    seen: Counter[tuple[str, str]] = Counter()
    for finding in report.findings:
        words = report.words(finding.span)
        seen[finding.rule, words] += 1
        yield (finding.rule, words, seen[finding.rule, words]), finding

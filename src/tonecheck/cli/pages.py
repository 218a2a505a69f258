"""The page of a rule, or of what the judge hears: for the terminal, and as Markdown for all rules."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

from tonecheck.cli.reading import style, width
from tonecheck.report import FAULT_LETTERS, TYPES
from tonecheck.rule import Example, Rule
from tonecheck.rulebook import heard, reasons

__all__ = ["all_pages", "heard_rows", "rule_rows", "safety"]

HEAD = """# Rules

Every rule that ships with tonecheck: what it marks, why a client takes it amiss, what to write instead, and whether its
edits are safe. `tonecheck explain RULE` shows the same in a terminal. Where no rule names the words, the judge may still
hear one of the types; what it says is under each type's heading. [The advice](advice.md) that sources name has a page.

This file is written by `tonecheck rules doc > docs/rules.md`.
"""
NO_EDIT = "It has no wording of its own; what its type offers is yours to decide."
WAYS = {
    "instead": "“{}” in its place",
    "end": "add “{}”",
    "behind": "put “{}” behind it",
    "leave_out": "leave it out",
    "transform": "name who did it",
}


def safety(rule: Rule) -> str:
    """What must be known before an edit of the rule is made; empty where it has none."""
    offering = [p for p in rule.patterns if p.replacements or p.transforms]
    kinds = {True: "safe: only noise goes", False: "yours to agree to: they assert something or ask you"}
    told = [kinds[safe] for safe in (True, False) if any(p.safe == safe for p in offering)]
    return f"Edits are {' or '.join(told)}." if told else NO_EDIT


def rule_rows(rule: Rule) -> Iterator[str]:
    """The page of a rule for the terminal, a row at a time."""
    yield style(rule.id, bold=True)
    yield f"  {rule.type}, {rule.severity.word}"
    yield ""
    yield from _wrapped(rule.why)
    yield ""
    for example in rule.examples:
        yield from _wrapped(f"- {_marked(example)}")
        if example.plain is not None:
            yield from (style(row, fg="green") for row in _wrapped(f"→ {example.plain}", "    "))
    yield ""
    yield "  Let pass:"
    for sentence in rule.fine:
        yield from _wrapped(f"- {sentence}")
    yield ""
    yield from _wrapped(safety(rule))
    yield ""
    yield f"  Source: {rule.source}"


def heard_rows(kind: str) -> Iterator[str]:
    """The page of what the judge hears, for the terminal."""
    yield style(next(name for name, other in heard().items() if other == kind), bold=True)
    yield f"  {kind}, heard by the judge where no rule names the words"
    yield ""
    for text in (
        _unmarked(reasons()[kind]["message"]),
        reasons()[kind]["why"],
        f"Offered: {_offered(kind)}.",
    ):
        yield from _wrapped(text)


def all_pages(rules: Sequence[Rule]) -> Iterator[str]:
    """All rules as one Markdown page, by fault and type."""
    yield HEAD
    ordered = sorted(rules, key=lambda rule: (TYPES.index(rule.type), rule.id))
    for fault, of_fault in groupby(ordered, key=lambda rule: FAULT_LETTERS[rule.type[0]]):
        yield f"\n## {fault.capitalize()}\n"
        for kind, of_type in groupby(of_fault, key=lambda rule: rule.type):
            told = f"{_unmarked(reasons()[kind]['message'])} {reasons()[kind]['why']}"
            yield f"\n### {kind}\n\n{told}\n\nOffered where no rule has wording: {_escaped(_offered(kind))}.\n"
            yield from (_page(rule) for rule in of_type)


def _offered(kind: str) -> str:
    """What is offered for a finding of this type, in a few words."""
    ways = [(way, offer[way]) for offer in reasons()[kind].get("offers", []) for way in WAYS if way in offer]
    told = [WAYS[way].format(str(words).strip()) for way, words in ways]
    moved = ["move it behind the apology and the fix"] if kind[0] == "E" else []
    return "; or ".join(dict.fromkeys([*told, *moved]))


def _page(rule: Rule) -> str:
    rows = [f"\n#### {rule.id}\n", f"- **What** ({rule.severity.word}): {_escaped(_told(rule))}"]
    rows += [f"- **Why:** {_escaped(rule.why)}", "- **Instead:**"]
    for example in rule.examples:
        instead = "" if example.plain is None else f"  \n    → {_escaped(example.plain)}"
        rows.append(f"  - {_in_bold(example)}{instead}")
    rows.append("- **Passes:** " + " · ".join(_escaped(sentence) for sentence in rule.fine))
    rows += [f"- **Safety:** {safety(rule)}", f"- **Source:** {rule.source}", ""]
    return "\n".join(rows)


def _told(rule: Rule) -> str:
    """The rule's message about the words of its first example."""
    example = rule.examples[0]
    words = example.text[example.span.start : example.span.end]
    return re.sub(r"\{[^{}]*\}", "…", rule.message.replace("{match}", words))


def _unmarked(message: str) -> str:
    return message.replace("“{match}”", "Such wording")


def _marked(example: Example) -> str:
    start, end = example.span.start, example.span.end
    return f"{example.text[:start]}[{example.text[start:end]}]{example.text[end:]}"


def _in_bold(example: Example) -> str:
    start, end = example.span.start, example.span.end
    pieces = (example.text[:start], example.text[start:end], example.text[end:])
    before, words, after = map(_escaped, pieces)
    return f"{before}**{words}**{after}"


def _escaped(text: str) -> str:
    """The text with what Markdown would read as marks, and links, taken literally."""
    return re.sub(r"([\\*_`\[\]<>|#])", r"\\\1", text)


def _wrapped(text: str, indent: str = "  ") -> list[str]:
    return textwrap.wrap(text, width(), initial_indent=indent, subsequent_indent=indent)

"""One rule, or what the judge hears, explained for programs."""

from __future__ import annotations

from typing import Any

from tonecheck.config import Config
from tonecheck.report import FAULT_LETTERS

__all__ = ["explained"]


def explained(name: str, config: Config) -> dict[str, Any]:
    """The explanation of the rule with this id, or last part of an id. Raises RuleError.

    `severity` and `source` are null where the judge hears it and no rule names the words.
    """
    from tonecheck.rulebook import called, heard, readable_rules, reasons

    found = called(name, readable_rules(config)[0])
    if isinstance(found, str):
        rule_id = next(rule for rule, kind in heard().items() if kind == found)
        why = reasons()[found]["why"]
        return _entry(rule_id, found, why, severity=None, source=None, examples=[], fine=[])
    examples = [
        {"text": e.text, **e.span.to_dict(), "plain": e.plain, "client": e.client} for e in found.examples
    ]
    return _entry(
        found.id,
        found.type,
        found.why,
        severity=found.severity.word,
        source=found.source,
        examples=examples,
        fine=list(found.fine),
    )


def _entry(rule_id: str, kind: str, why: str, **more: Any) -> dict[str, Any]:
    return {"id": rule_id, "type": kind, "fault": FAULT_LETTERS[kind[0]], "why": why, **more}

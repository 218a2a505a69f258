"""Which rules hold under a configuration; no language pipeline is needed to ask."""

from __future__ import annotations

from tonecheck.config import Config
from tonecheck.detect.classifier import heard_rule, reasons
from tonecheck.detect.model import served_attributes
from tonecheck.rule import Rule, built_in_rules, load_folder

__all__ = ["heard", "reasons", "rules_of", "unserved"]


def rules_of(config: Config) -> tuple[Rule, ...]:
    """The built-in rules and the house's, without those that are off. Raises RuleError."""
    house = (rule for folder in config.rules for rule in load_folder(folder))
    return tuple(r for r in (*built_in_rules(), *house) if not config.is_off(r.id))


def unserved(rules: tuple[Rule, ...], served: frozenset[str] | None = None) -> tuple[str, ...]:
    """The ids of rules with patterns that ask for what the shipped pipeline does not give."""
    given = served_attributes() if served is None else served
    return tuple(r.id for r in rules if any(p.trained - given for p in r.patterns))


def heard() -> dict[str, str]:
    """What the judge hears without a rule: the id, such as `defensiveness/blame`, and its type."""
    return {heard_rule(kind): kind for kind in reasons()}

"""Which rules hold under a configuration; no language pipeline is needed to ask."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from tonecheck.config import Config
from tonecheck.detect.classifier import heard_rule, reasons
from tonecheck.detect.model import served_attributes
from tonecheck.errors import ConfigError, RuleError
from tonecheck.rule import Rule, built_in_rules, load_folder

__all__ = ["called", "check_names", "heard", "readable_rules", "reasons", "rules_of", "unserved"]


def rules_of(config: Config) -> tuple[Rule, ...]:
    """The built-in rules and the house's, without those that are off. Raises RuleError."""
    house = (rule for folder in config.rules for rule in load_folder(folder))
    return tuple(r for r in (*built_in_rules(), *house) if not config.is_off(r.id))


def readable_rules(config: Config) -> tuple[tuple[Rule, ...], tuple[RuleError, ...]]:
    """The built-in rules and those of the house, off or not, and what is wrong with its other folders."""
    rules, broken = list(built_in_rules()), []
    for folder in config.rules:
        try:
            rules += load_folder(folder)
        except RuleError as error:
            broken.append(error)
    return tuple(rules), tuple(broken)


def check_names(config: Config) -> None:
    """Raise ConfigError for a rule or folder that the settings, or --only, name and nothing bears."""
    known = {*heard(), *(rule.id for rule in rules_of(Config(rules=config.rules)))}
    known |= {folder for name in known for folder in _folders(name)}
    for key, names in (("off", config.off), ("only", config.only), ("accept", tuple(config.accept))):
        for name in names:
            if name.rstrip("/") not in known:
                near = get_close_matches(name, sorted(known), 1, 0.4)
                cure = f"did you mean “{near[0]}”?" if near else "`tonecheck rules list` shows all"
                place = config.origins.get(key, f"--{key}")
                raise ConfigError(f"{place}: no rule or fault is called “{name}”; {cure}")


def _folders(name: str) -> tuple[str, ...]:
    parts = name.split("/")[:-1]
    return tuple("/".join(parts[: n + 1]) for n in range(len(parts)))


def unserved(rules: tuple[Rule, ...], served: frozenset[str] | None = None) -> tuple[str, ...]:
    """The ids of rules with patterns that ask for what the shipped pipeline does not give."""
    given = served_attributes() if served is None else served
    return tuple(r.id for r in rules if any(p.trained - given for p in r.patterns))


def heard() -> dict[str, str]:
    """What the judge hears without a rule: the id, such as `defensiveness/blame`, and its type."""
    return {heard_rule(kind): kind for kind in reasons()}


def called(name: str, rules: Iterable[Rule]) -> Rule | str:
    """Of the rules the one with this id or this last part of an id, or the type that the judge hears so.

    Raises RuleError, with the nearest right name.
    """
    known: dict[str, Rule | str] = {rule.id: rule for rule in rules}
    known |= heard()
    full = {other.split("/")[-1]: other for other in known}
    found = known.get(full.get(name, name))
    if found is None:
        near = get_close_matches(name, [*known, *full], 1, 0.4)
        cure = f"did you mean “{full.get(near[0], near[0])}”?" if near else "`tonecheck rules list` shows all"
        raise RuleError(f"no rule is called “{name}”; {cure}")
    return found

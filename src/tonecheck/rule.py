"""A rule as its TOML file declares it: strict, with errors that name file, line and cure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from tonecheck.errors import RuleError
from tonecheck.kept import kept, stamps
from tonecheck.phrase import MAX_RUNS, runs
from tonecheck.report import FAULTS, MOVES, TYPES, Severity, Span

__all__ = [
    "FACTS",
    "TRANSFORMS",
    "Example",
    "Pattern",
    "Rule",
    "built_in_moves",
    "built_in_rules",
    "load_folder",
]

FACTS = (
    "after-apology",
    "agent-named",
    "answers-complaint",
    "apology",
    "before-apology",
    "client-used",
    "conditional",
    "first-person",
    "future",
    "gives-reason",
    "has-time",
    "negated",
    "owned",
    "passive",
    "past",
    "question",
    "refusal",
    "second-person",
)
RULE_KEYS = ("type", "message", "why", "severity", "source", "needs", "unless")
MOVE_KEYS = ("kind", "needs", "unless")
LIST_KEYS = ("pattern", "example", "fine")
# Edits that a pattern may ask for by name, made on the parse (`detect/transform`).
TRANSFORMS = ("ask-who", "two-sentences", "we-did")
PATTERN_KEYS = (
    "phrases",
    "tokens",
    "tree",
    "where",
    "words",
    "transform",
    "replace",
    "safe",
    "needs",
    "unless",
)
TRAINED_ATTRIBUTES = {"LEMMA", "POS", "TAG", "DEP", "MORPH"}
UNBOUNDED = {"*", "+"}


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to say it: exactly one of phrases, tokens (Matcher) and tree (DependencyMatcher).

    `phrases` are as the file writes them, with their alternatives; see `variants`.

    `slots` are the names of the token patterns, in order ("" where unnamed). `at_start` asks for
    the start of a sentence. `transforms` name edits on the parse, `replacements` are templates, best
    first. `words` are, by slot, the word that a template's `{verb:@slot}` puts for each of the
    slot's words. `trained` lists the token attributes that only a trained pipeline can serve.
    """

    phrases: tuple[str, ...] = ()
    tokens: tuple[Mapping[str, Any], ...] = ()
    tree: tuple[Mapping[str, Any], ...] = ()
    slots: tuple[str, ...] = ()
    at_start: bool = False
    transforms: tuple[str, ...] = ()
    replacements: tuple[str, ...] = ()
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    safe: bool = False
    needs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    trained: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence that must be flagged at exactly `span`; `plain` is it after the first edit.

    `client` is the client's message, where the rule looks at it.
    """

    text: str
    span: Span
    plain: str | None
    client: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What to flag, why, and the sentences that prove it. A repair move is a rule without words.

    For a move, `type` is the move's kind, and `message` and `why` are empty.
    """

    id: str
    type: str
    patterns: tuple[Pattern, ...]
    message: str = ""
    why: str = ""
    severity: Severity = Severity.CLEAR
    source: str = ""
    needs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    fine: tuple[str, ...] = ()
    path: Path | None = None

    @property
    def built_in(self) -> bool:
        """Whether it ships with tonecheck."""
        return self.path is not None and Path(__file__).parent in self.path.parents


@dataclass(frozen=True, slots=True)
class _File:
    """A TOML file with its text, to say on which line something is wrong."""

    path: Path
    text: str

    def error(self, word: str, what: str) -> RuleError:
        lines = self.text.splitlines()
        found = (n for n, line in enumerate(lines, 1) if word and word in line)
        return RuleError(f"{self.path}:{next(found, 1)}: {what}")

    def check_keys(self, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
        for key in table:
            if key not in known:
                near = get_close_matches(key, known, 1, 0.4)
                cure = f"did you mean “{near[0]}”?" if near else f"known: {', '.join(known)}"
                raise self.error(key, f"unknown key “{key}”; {cure}")


@cache
def built_in_rules() -> tuple[Rule, ...]:
    """The rules that ship with tonecheck."""
    return _shipped("rules")


@cache
def built_in_moves() -> tuple[Rule, ...]:
    """The patterns of the repair moves that ship with tonecheck."""
    return _shipped("moves")


def _shipped(name: str) -> tuple[Rule, ...]:
    folder = Path(__file__).parent / name
    files = stamps(sorted(folder.rglob("*.toml")))
    return kept(name, files, lambda: load_folder(folder, moves=name == "moves"))


def load_folder(folder: Path, *, moves: bool = False) -> tuple[Rule, ...]:
    """Every rule under `folder`, by id (its path without `.toml`).

    Raises RuleError for a folder without rules and for the first file that is wrong.
    """
    paths = sorted(folder.rglob("*.toml"))
    if not paths:
        raise RuleError(f"{folder}: no rule files (*.toml) here; give a folder of rules")
    return tuple(_load(path, path.relative_to(folder), moves) for path in paths)


def _load(path: Path, name: Path, moves: bool) -> Rule:
    try:
        file = _File(path, path.read_text("utf8"))
        table = tomllib.loads(file.text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise RuleError(f"{path}: not a readable TOML file: {error}") from None
    heads = MOVE_KEYS if moves else RULE_KEYS
    file.check_keys(table, heads + LIST_KEYS)
    required = ("kind",) if moves else ("type", "message", "why", "severity", "source")
    for key in (*required, "pattern", "example", "fine"):
        if key not in table:
            raise file.error("", f"“{key}” is missing")
    rule_id = name.with_suffix("").as_posix()
    common: dict[str, Any] = {
        "id": rule_id,
        "patterns": tuple(_pattern(file, p) for p in table["pattern"]),
        "needs": _facts(file, table, "needs"),
        "unless": _facts(file, table, "unless"),
        "examples": tuple(_example(file, e) for e in table["example"]),
        "fine": tuple(table["fine"]),
        "path": path,
    }
    if len(table["fine"]) < 2:
        raise file.error("fine", "at least two sentences under “fine”, one of them a near miss")
    if moves:
        return Rule(type=_choice(file, table, "kind", MOVES), **common)
    kind = _choice(file, table, "type", TYPES)
    fault = rule_id.split("/")[0]
    if fault in FAULTS and FAULTS["DEX".index(kind[0])] != fault:
        raise file.error("type", f"type {kind} does not belong in the folder {fault}/")
    words = [severity.word for severity in Severity]
    severity = Severity[_choice(file, table, "severity", tuple(words)).upper()]
    prose: dict[str, Any] = {key: " ".join(str(table[key]).split()) for key in ("message", "why", "source")}
    return Rule(type=kind, severity=severity, **prose, **common)


def _choice(file: _File, table: Mapping[str, Any], key: str, known: tuple[str, ...]) -> str:
    value = str(table[key])
    if value not in known:
        near = get_close_matches(value, known, 1, 0.4)
        cure = f"did you mean “{near[0]}”?" if near else f"known: {', '.join(known)}"
        raise file.error(value, f"{key} “{value}” does not exist; {cure}")
    return value


def _facts(file: _File, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    facts = table.get(key, [])
    for fact in facts:
        _choice(file, {key: fact}, key, FACTS)
    return tuple(facts)


def _pattern(file: _File, table: Mapping[str, Any]) -> Pattern:
    file.check_keys(table, PATTERN_KEYS)
    kinds = [kind for kind in ("phrases", "tokens", "tree") if kind in table]
    if len(kinds) != 1:
        raise file.error("[[pattern]]", "a pattern has exactly one of phrases, tokens and tree")
    if table.get("where", "start") != "start":
        raise file.error("where", f"where “{table['where']}” does not exist; only “start”")
    parts = [dict(part) for part in (*table.get("tokens", ()), *table.get("tree", ()))]
    slots = tuple(str(part.pop("as", "")) for part in parts)
    words = {
        slot: _among(file, table, part) for slot, part in zip(slots, parts, strict=True) if "AMONG" in part
    }
    _refuse_endless(file, parts)
    return Pattern(
        phrases=_phrases(file, table),
        tokens=tuple(parts) if "tokens" in table else (),
        tree=tuple(parts) if "tree" in table else (),
        slots=slots,
        at_start="where" in table,
        transforms=tuple(
            _choice(file, {"transform": t}, "transform", TRANSFORMS) for t in _list(table, "transform")
        ),
        replacements=tuple(table.get("replace", ())),
        words=words,
        safe=bool(table.get("safe", False)),
        needs=_facts(file, table, "needs"),
        unless=_facts(file, table, "unless"),
        trained=frozenset(_attributes(parts)) | ({"DEP"} if "tree" in table else set()),
    )


def _list(table: Mapping[str, Any], key: str) -> list[str]:
    value = table.get(key, [])
    return [value] if isinstance(value, str) else list(value)


def _among(file: _File, table: Mapping[str, Any], part: dict[str, Any]) -> Mapping[str, str]:
    """The table of words that a token names with `AMONG`; the token then matches its left side."""
    tables = table.get("words", {})
    name = _choice(file, {"AMONG": part.pop("AMONG")}, "AMONG", tuple(tables))
    part["LOWER"] = {"IN": [word.lower() for word in tables[name]]}
    return {word.lower(): str(other) for word, other in tables[name].items()}


def _phrases(file: _File, table: Mapping[str, Any]) -> tuple[str, ...]:
    phrases = tuple(table.get("phrases", ()))
    for phrase in phrases:
        if re.search(r"\([^()]*\(|^[^()]*\)", phrase):
            raise file.error(phrase[:40], f"“{phrase}” has a group within a group, or one that is not closed")
        if runs(phrase, exact=False) > MAX_RUNS:
            raise file.error(phrase[:40], f"“{phrase}” stands for too many wordings; split it, or use tokens")
    return phrases


def _attributes(parts: list[dict[str, Any]]) -> Iterator[str]:
    for part in parts:
        for key, value in part.items():
            if key in TRAINED_ATTRIBUTES:
                yield key
            if key == "RIGHT_ATTRS":
                yield from _attributes([value])


def _refuse_endless(file: _File, parts: list[dict[str, Any]]) -> None:
    """A pattern must end: no open wildcard, no two open repetitions in a row, no nested ones."""
    open_parts = [part.get("OP") in UNBOUNDED for part in parts]
    for part, is_open in zip(parts, open_parts, strict=True):
        if is_open and len(part) == 1:
            raise file.error('OP = "', "a repeated token without any condition can run on; say which words")
        for regex in re.findall(r"'REGEX': '((?:[^'\\]|\\.)*)'", str(part)):
            if re.search(r"\([^()]*[+*][^()]*\)[+*{]", regex):
                raise file.error("REGEX", f"“{regex}” repeats a repetition and can backtrack without end")
    if any(a and b for a, b in pairwise(open_parts)):
        raise file.error('OP = "', "two open repetitions in a row can backtrack without end")


def _example(file: _File, table: Mapping[str, Any]) -> Example:
    file.check_keys(table, ("text", "plain", "client"))
    text = str(table.get("text", ""))
    match = re.fullmatch(r"([^\[\]]*)\[([^\[\]]+)\]([^\[\]]*)", text, re.DOTALL)
    if match is None:
        raise file.error(text[:30], "an example's text marks exactly one span in [ ]")
    before, words, after = match.groups()
    plain = table.get("plain")
    span = Span(len(before), len(before + words))
    return Example(before + words + after, span, plain, table.get("client"))

"""Case files into Cases: strict, and every error names the file, the line and the cure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from tonecheck.coach.case import FORMS, KINDS, Case, Fine, Mark, Worse, ratings_by
from tonecheck.errors import InputError
from tonecheck.report import FAULT_LETTERS, MOVES, TYPES, Severity, Span

__all__ = ["all_cases", "built_in_cases", "cases_in", "read_case"]

BUILT_IN = Path(__file__).parent / "cases"
SEVERITIES = {severity.word: severity for severity in Severity}
NEEDED = ("trade", "kind", "client", "draft", "there", "missing")
ALLOWED = {
    "a case": (*NEEDED, "ratings", "form", "keep", "good", "mark", "fine", "worse"),
    "[[mark]]": ("words", "type", "severity", "why", "which"),
    "[[fine]]": ("words", "why", "which"),
    "[worse]": ("text", "why"),
    "ratings": tuple(FAULT_LETTERS),
}


@cache
def built_in_cases() -> tuple[Case, ...]:
    """Our own cases, in order of their names."""
    return cases_in(BUILT_IN)


@cache
def all_cases(folder: Path | None = None) -> tuple[Case, ...]:
    """Our own cases and a team's in a folder, in order of their names. Raises InputError."""
    ours = built_in_cases()
    if folder is None:
        return ours
    names = {case.id for case in ours}
    theirs = cases_in(folder)
    for case in theirs:
        if case.id in names:
            raise InputError(f"{folder}: “{case.id}” is the name of a built-in case; rename the file")
    return tuple(sorted((*ours, *theirs), key=lambda case: case.id))


def cases_in(folder: Path) -> tuple[Case, ...]:
    """Every case in a folder and below, in order of their names. Raises InputError."""
    paths = sorted(folder.rglob("*.toml"), key=lambda path: path.stem)
    if not paths:
        raise InputError(f"{folder}: no cases; a case is a file whose name ends in .toml")
    for one, other in pairwise(paths):
        if one.stem == other.stem:
            raise InputError(f"{other}: there is a case of this name in {one}; rename one of them")
    return tuple(read_case(path) for path in paths)


def read_case(path: Path) -> Case:
    """The case in a file. Raises InputError, with file and line, for what is missing or wrong."""
    try:
        text = path.read_text("utf8")
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise InputError(f"{path}: not a readable TOML file: {error}") from None
    return _Reader(path, text).case(table)


class _Reader:
    """One file being read; it knows where to point when something is wrong."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.lines = text.splitlines()

    def case(self, table: Mapping[str, Any]) -> Case:
        self._known(table, "a case")
        for key in NEEDED:
            if key not in table:
                raise self._error("", f"no “{key}”; a case has {', '.join(NEEDED)}")
        draft = self._text(table, "draft")
        marks = tuple(sorted(self._marks(table, draft), key=lambda m: (m.span, m.type)))
        case = Case(
            id=self.path.stem,
            trade=self._text(table, "trade"),
            kind=self._one_of(table, "kind", KINDS),
            client=self._text(table, "client"),
            draft=draft,
            marks=marks,
            fine=tuple(sorted(self._fine(table, draft), key=lambda f: f.span)),
            ratings=self._ratings(table) if "ratings" in table else ratings_by(marks),
            there=self._moves(table, "there"),
            missing=self._moves(table, "missing"),
            good=self._texts(table, "good"),
            worse=self._worse(table),
            keep=self._texts(table, "keep") if "keep" in table else None,
            form=self._one_of(table, "form", FORMS) if "form" in table else None,
        )
        return self._sound(case)

    def _sound(self, case: Case) -> Case:
        """The case, if its parts agree with each other."""
        for move in sorted(case.there & case.missing):
            raise self._error(move, f"the move “{move}” cannot be both there and missing; take it out of one")
        if not case.answers:
            raise self._error("", "a draft with marks needs at least one answer under “good”")
        for letter, fault in FAULT_LETTERS.items():
            marked = any(mark.type[0] == letter for mark in case.marks)
            if marked != (case.ratings[letter] > 0):
                told = "words are marked" if marked else "no words are marked"
                raise self._error(
                    "ratings", f"{letter} is {case.ratings[letter]}, but {told} for {fault}; change one"
                )
        return case

    def _marks(self, table: Mapping[str, Any], draft: str) -> Iterator[Mark]:
        for part in self._tables(table, "mark"):
            kind = self._one_of(part, "type", TYPES)
            severity = SEVERITIES[self._one_of(part, "severity", tuple(SEVERITIES))]
            yield Mark(self._span(part, draft), kind, severity, self._text(part, "why"))

    def _fine(self, table: Mapping[str, Any], draft: str) -> Iterator[Fine]:
        for part in self._tables(table, "fine"):
            yield Fine(self._span(part, draft), self._text(part, "why"))

    def _worse(self, table: Mapping[str, Any]) -> Worse | None:
        if "worse" not in table:
            return None
        part = self._table(table, "worse", "[worse]")
        return Worse(self._text(part, "text"), self._text(part, "why"))

    def _ratings(self, table: Mapping[str, Any]) -> Mapping[str, int]:
        part = self._table(table, "ratings", "ratings")
        for letter in FAULT_LETTERS:
            if type(part.get(letter)) is not int or part[letter] not in range(5):
                raise self._error("ratings", f"{letter} must be a rating from 0 to 4")
        return dict(part)

    def _moves(self, table: Mapping[str, Any], key: str) -> frozenset[str]:
        return frozenset(self._known_word(word, key, MOVES) for word in self._texts(table, key))

    def _span(self, part: Mapping[str, Any], draft: str) -> Span:
        """Where the words stand in the draft; `which` says which one where they stand there twice."""
        words, which = self._text(part, "words"), part.get("which")
        starts = [match.start() for match in re.finditer(re.escape(words), draft)]
        if not starts:
            near = get_close_matches(words, _stretches(draft, len(words.split())), 1, 0.6)
            cure = f"did you mean “{near[0]}”?" if near else "copy them from the draft, letter by letter"
            raise self._error(words, f"the words “{words}” are not in the draft; {cure}")
        if which is None and len(starts) > 1:
            raise self._error(
                words, f"“{words}” stands {len(starts)} times in the draft; add which = 1, or take more words"
            )
        if which is not None and (type(which) is not int or not 1 <= which <= len(starts)):
            raise self._error(words, f"which must be a number from 1 to {len(starts)}")
        start = starts[(which or 1) - 1]
        return Span(start, start + len(words))

    def _tables(self, table: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
        parts = table.get(key, [])
        if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
            raise self._error(key, f"write each {key} under a line [[{key}]]")
        for part in parts:
            self._known(part, f"[[{key}]]")
            yield part

    def _table(self, table: Mapping[str, Any], key: str, place: str) -> Mapping[str, Any]:
        part = table[key]
        if not isinstance(part, dict):
            raise self._error(key, f"{key} must be a table with {', '.join(ALLOWED[place])}")
        self._known(part, place)
        return part

    def _text(self, table: Mapping[str, Any], key: str) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self._error(key, f"“{key}” must be a text with something in it")
        return value

    def _texts(self, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self._error(key, f"“{key}” must be a list of texts")
        return tuple(value)

    def _one_of(self, table: Mapping[str, Any], key: str, words: Iterable[str]) -> str:
        return self._known_word(self._text(table, key), key, words)

    def _known_word(self, word: str, key: str, words: Iterable[str]) -> str:
        if word not in (known := tuple(words)):
            near = get_close_matches(word, known, 1, 0.4)
            cure = f"did you mean “{near[0]}”?" if near else f"known: {', '.join(known)}"
            raise self._error(word, f"“{word}” is no {key}; {cure}")
        return word

    def _known(self, table: Mapping[str, Any], place: str) -> None:
        for key in table:
            if key not in ALLOWED[place]:
                near = get_close_matches(key, ALLOWED[place], 1, 0.4)
                cure = f"did you mean “{near[0]}”?" if near else f"known: {', '.join(ALLOWED[place])}"
                raise self._error(key, f"unknown key “{key}” in {place}; {cure}")

    def _error(self, word: str, what: str) -> InputError:
        first = word.splitlines()[0] if word else ""
        line = next((n for n, text in enumerate(self.lines, 1) if first and first in text), 1)
        return InputError(f"{self.path}:{line}: {what}")


def _stretches(draft: str, words: int) -> list[str]:
    """All stretches of so many words, to look for what was meant."""
    found = list(re.finditer(r"\S+", draft))
    pairs = zip(found, found[max(words, 1) - 1 :], strict=False)
    return [draft[first.start() : last.end()] for first, last in pairs]

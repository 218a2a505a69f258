"""What an installation would change: shown first, then done, each file whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from tonecheck.errors import InputError
from tonecheck.mail.write import replace_file

__all__ = ["Change", "Move", "Plan", "Request", "do", "needed", "show"]

NEW_FILE = "/dev/null"


@dataclass(frozen=True, slots=True)
class Request:
    """What the user asked for: in or out, and where if not in the usual place.

    `everywhere` means every repository, for programs that have repositories.
    """

    program: str
    undo: bool = False
    file: Path | None = None
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """New bytes for a file; None before means that there is no file yet, None after that it goes."""

    path: Path
    before: bytes | None
    after: bytes | None
    mode: int = 0o644


@dataclass(frozen=True, slots=True)
class Move:
    """A file gets another name, be it a link or not."""

    path: Path
    to: Path


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in their order, and what the user should know besides."""

    steps: tuple[Change | Move, ...]
    notes: tuple[str, ...] = ()


def needed(plan: Plan) -> Plan:
    """The plan without the steps that would change nothing."""
    steps = (s for s in plan.steps if isinstance(s, Move) or s.before != s.after)
    return Plan(tuple(steps), plan.notes)


def show(plan: Plan) -> Iterator[str]:
    """The lines of a diff of all steps."""
    for step in plan.steps:
        if isinstance(step, Move):
            yield f"rename {step.path}"
            yield f"    to {step.to}"
            continue
        old, new = (NEW_FILE if data is None else str(step.path) for data in (step.before, step.after))
        if b"\0" in (step.before or b"") + (step.after or b""):
            yield from (f"--- {old}", f"+++ {new}", "(not text)")
            continue
        diff = unified_diff(_lines(step.before), _lines(step.after), old, new)
        yield from (line.rstrip("\r\n") for line in diff)


def _lines(data: bytes | None) -> list[str]:
    return (data or b"").decode("utf8", "replace").splitlines(keepends=True)


def do(plan: Plan) -> None:
    """Take all steps. Raises InputError where a file changed meanwhile or cannot be written."""
    for step in plan.steps:
        try:
            _do(step)
        except OSError as error:
            raise InputError(f"{step.path}: cannot be changed: {error.strerror or error}") from None


def _do(step: Change | Move) -> None:
    if isinstance(step, Move):
        if os.path.lexists(step.to):
            raise InputError(f"{step.to}: is there already; nothing was renamed")
        step.path.rename(step.to)
    elif step.before is None:
        step.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(step.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, step.mode)
        with open(descriptor, "wb") as file:
            file.write(step.after or b"")
    elif step.after is None:
        step.path.unlink()
    else:
        replace_file(step.path, step.before, step.after)

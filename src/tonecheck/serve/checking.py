"""Texts from a wire to drafts, and drafts to reports, one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from tonecheck.config import Config
from tonecheck.errors import InputError
from tonecheck.mail.draft import Draft, draft_of
from tonecheck.report import Report

__all__ = ["MAX_TEXT", "aside", "check", "draft_from", "fault", "in_turn", "my_turn", "warm_soon"]

# A check takes time by the length: the longest draft keeps the next one waiting for seconds, not minutes.
MAX_TEXT = 100_000

T = TypeVar("T")
# The checker promises nothing to two threads at once, so there is one.
_worker = ThreadPoolExecutor(1, "tonecheck-check")


async def aside(work: Callable[..., T], *arguments: object) -> T:
    """What `work` returns, done on the one thread that checks."""
    return await asyncio.get_running_loop().run_in_executor(_worker, work, *arguments)


def check(draft: Draft, config: Config) -> Report:
    """The report under these settings, by a checker that stays warm."""
    from tonecheck.checker import checker_for  # brings in spaCy, which no door needs to open

    return checker_for(config).check(draft)


def in_turn(draft: Draft, config: Config) -> Report:
    """The same, made on the one thread that checks, for callers on another one."""
    return my_turn(check, draft, config)


def my_turn(work: Callable[..., T], *arguments: object) -> T:
    """What `work` returns, done on the one thread that checks, for callers on another one."""
    return _worker.submit(work, *arguments).result()


def warm_soon(config: Config) -> None:
    """Begin to load what the first check would have to load; what goes wrong shows with that check."""
    letter = "We are sorry that the pump you bought from us leaks, and we will send another on Friday."
    _worker.submit(check, draft_of(letter), config)


def draft_from(text: str, client: str | None = None) -> Draft:
    """The Draft in a text from outside. Raises InputError for what is no text of a letter."""
    for name, words in (("text", text), ("client", client or "")):
        if len(words) > MAX_TEXT:
            raise InputError(f"{name}: {len(words):,} characters, and at most {MAX_TEXT:,} are checked here")
        if "\0" in words:
            raise InputError(
                f"{name}: character {words.index(chr(0))} is a NUL, so this is no text of a letter"
            )
        lone = next((i for i, c in enumerate(words) if "\ud800" <= c <= "\udfff"), None)
        if lone is not None:
            raise InputError(f"{name}: character {lone} is half of one (a lone surrogate); send whole ones")
    return draft_of(text, client=client or None)


def fault(error: BaseException) -> str:
    """Where a fault of our own happened, without the words that it may quote from a draft."""
    place, traceback = "", error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        place = f" in {code.co_filename}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return f"{type(error).__name__}{place}"

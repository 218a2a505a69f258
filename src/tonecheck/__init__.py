"""tonecheck: reads a reply to an upset client as the client will.

>>> import tonecheck
>>> report = tonecheck.check("Apparently Part X is broken.")
>>> report.plain
'Part X is broken.'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tonecheck.report import Edit, Finding, Move, Report, Score, Severity, Span

if TYPE_CHECKING:
    from tonecheck.checker import Checker
    from tonecheck.config import Config
    from tonecheck.mail.draft import Draft

__all__ = [
    "Draft",
    "Edit",
    "Finding",
    "Move",
    "Report",
    "Score",
    "Severity",
    "Span",
    "check",
    "fix",
]
__version__ = "0.1.0"

_warm: Checker | None = None


def check(text: str, *, client: str | None = None, config: Config | None = None) -> Report:
    """The report on a draft given as text, answering the client's message `client`.

    Loads the language pipeline at the first call and keeps it. Raises TonecheckError for a
    configuration or rule that is wrong.
    """
    from tonecheck.mail.draft import draft_of

    return _checker(config).check(draft_of(text, client=client))


def fix(text: str, *, client: str | None = None, unsafe: bool = False) -> str:
    """The draft in plainer words: safe edits only, or with `unsafe` the first edit of each finding."""
    report = check(text, client=client)
    return report.plain if unsafe else report.plain_safe


def _checker(config: Config | None) -> Checker:
    global _warm
    from tonecheck.checker import Checker

    if config is not None:
        return Checker(config)
    if _warm is None:
        _warm = Checker()
    return _warm


def __getattr__(name: str) -> object:
    if name == "Draft":
        from tonecheck.mail.draft import Draft

        return Draft
    raise AttributeError(f"module “tonecheck” has no attribute “{name}”")

"""tonecheck: reads a reply to an upset client as the client will.

>>> import tonecheck
>>> report = tonecheck.check("Apparently Part X is broken.")
>>> report.plain
'Part X is broken.'
"""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` itself is too slow for a hook that only asks the daemon
if TYPE_CHECKING:
    from tonecheck.config import Config
    from tonecheck.mail.draft import Draft
    from tonecheck.report import Edit, Finding, Move, Report, Score, Severity, Span

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


def check(text: str, *, client: str | None = None, config: Config | None = None) -> Report:
    """The report on a draft given as text, answering the client's message `client`.

    Loads the language pipeline at the first call and keeps it. Raises TonecheckError for a
    configuration or rule that is wrong.
    """
    from tonecheck.checker import checker_for
    from tonecheck.mail.draft import draft_of

    return checker_for(config).check(draft_of(text, client=client))


def fix(text: str, *, client: str | None = None, unsafe: bool = False) -> str:
    """The draft in plainer words: safe edits only, or with `unsafe` the first edit of each finding."""
    report = check(text, client=client)
    return report.plain if unsafe else report.plain_safe


def __getattr__(name: str) -> object:
    """The nouns, loaded when they are asked for: a hook does without them."""
    if name not in __all__:
        raise AttributeError(f"module “tonecheck” has no attribute “{name}”")
    from importlib import import_module

    return getattr(import_module("tonecheck.mail.draft" if name == "Draft" else "tonecheck.report"), name)

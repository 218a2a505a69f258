"""What can go wrong through the user's hands: one clear line each, exit status 2."""

from __future__ import annotations

__all__ = ["ConfigError", "InputError", "RecordError", "RuleError", "ServeError", "TonecheckError"]


class TonecheckError(Exception):
    """A mistake that the user can mend; its text names the place and the cure."""


class InputError(TonecheckError):
    """A draft, a client's message or a batch that cannot be read."""


class ConfigError(TonecheckError):
    """A setting that is unknown or has a wrong value."""


class RuleError(TonecheckError):
    """A rule file that does not say what a rule must say."""


class ServeError(TonecheckError):
    """A server that cannot start as it was asked to."""


class RecordError(TonecheckError):
    """A training record that cannot be opened, read or written, or a learner whom it does not know."""

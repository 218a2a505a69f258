"""aerc: each account's `outgoing` command is wrapped, in its own line."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tonecheck.errors import InputError, TonecheckError
from tonecheck.hooks.install.block import contents
from tonecheck.hooks.install.command import plain_command
from tonecheck.hooks.install.plan import Change, Plan, Request

__all__ = ["plan"]

OUTGOING = re.compile(rb"^([ \t]*outgoing[ \t]*=[ \t]*)(\S[^\r\n]*)", re.MULTILINE)
OURS = re.compile(rb"(?:\S*/)?tonecheck sendmail (?!-)")
WRAPPED = re.compile(rb"(?:\S*/)?tonecheck sendmail ")
SPEAKS_ITSELF = re.compile(rb"[\w+]+://")


def plan(request: Request) -> Plan:
    """The accounts' file with “tonecheck sendmail” before each command, or without. Raises TonecheckError."""
    path = request.file or _place()
    data = contents(path)
    if data is None:
        raise InputError(f"{path}: no such file; set up aerc's accounts first, or name the file with --file")
    if request.undo:
        return _undo(path, data)
    values = [value for _, value in OUTGOING.findall(data)]
    direct = [value for value in values if SPEAKS_ITSELF.match(value)]
    if len(direct) == len(values):
        raise TonecheckError(
            f"{path}: no account sends through a command, so there is nothing to put tonecheck before; "
            "set, for example, outgoing = /usr/bin/msmtp"
        )
    new = OUTGOING.sub(lambda m: m[1] + _wrapped(m[2]), data)
    notes = [
        "aerc reads this at its next start. It passes over what tonecheck says: a held mail is back in its tab, "
        "and `tonecheck last` shows why.",
        "To send one unchecked, type :header X-Tonecheck off, and then send.",
    ]
    if direct:
        servers = ", ".join(re.sub(rb"//.*@", b"//", value).decode("utf8", "replace") for value in direct)
        notes.insert(0, f"Not checked, for there aerc speaks to the server itself: {servers}")
    return Plan((Change(path, data, new),), tuple(notes))


def _place() -> Path:
    shared = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(shared, "aerc", "accounts.conf")


def _wrapped(value: bytes) -> bytes:
    if SPEAKS_ITSELF.match(value):
        return value
    bare = OURS.sub(b"", value, count=1) if OURS.match(value) else value
    if WRAPPED.match(bare):
        return bare  # with flags of the user's own
    return os.fsencode(plain_command("aerc")) + b" sendmail " + bare


def _undo(path: Path, data: bytes) -> Plan:
    new = OUTGOING.sub(lambda m: m[1] + (m[2][found.end() :] if (found := OURS.match(m[2])) else m[2]), data)
    if new == data:
        raise TonecheckError(f"{path}: tonecheck is not installed here; nothing to undo")
    return Plan((Change(path, data, new),))

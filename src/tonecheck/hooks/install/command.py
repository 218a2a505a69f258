"""How mail programs call this very tonecheck."""

from __future__ import annotations

import os
import re
import shutil
import sys

from tonecheck.errors import TonecheckError

__all__ = ["command", "plain_command"]


def command() -> str:
    """The absolute path of the tonecheck command: a mail program may know another PATH.

    A link on the PATH that leads to it is preferred, for it stays when the installation moves.
    """
    own = os.path.join(os.path.dirname(sys.executable), "tonecheck")
    found = shutil.which("tonecheck")
    if found and os.path.realpath(found) == os.path.realpath(own):
        return os.path.abspath(found)
    if not os.access(own, os.X_OK):
        raise TonecheckError(f"{own}: no such command; install tonecheck with pip or pipx first")
    return own


def plain_command(program: str) -> str:
    """The same, for programs that cut their settings at spaces. Raises TonecheckError for a path with one."""
    path = command()
    if re.fullmatch(r"[\w./+@:,-]+", path) is None:
        cure = "make a link to it in a folder on your PATH, say with `ln -s`, and run this again"
        raise TonecheckError(f"{path}: {program} cannot call a path with such characters; {cure}")
    return path

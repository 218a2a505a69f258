"""Emacs: the init file loads tonecheck.el, which asks before message-mode sends."""

from __future__ import annotations

import os
from pathlib import Path

from tonecheck.hooks.install.block import block_in, block_out
from tonecheck.hooks.install.command import command
from tonecheck.hooks.install.plan import Plan, Request

__all__ = ["plan"]

LIBRARY = Path(__file__).parents[1] / "tonecheck.el"


def plan(request: Request) -> Plan:
    """A block at the end of the init file. Raises TonecheckError."""
    path = request.file or _place()
    if request.undo:
        return Plan((block_out(path, comment=";;"),))
    lines = (
        f"(setq tonecheck-command {_quoted(command())})",
        f"(let ((library {_quoted(str(LIBRARY))}))",
        "  (unless (load library t t t)",
        '    (display-warning \'tonecheck (concat library " is gone: mail goes unchecked"))))',
    )
    note = "Emacs reads this at its next start, or now with M-x load-file. `tonecheck last` shows the last report."
    return Plan((block_in(path, lines, comment=";;"),), (note,))


def _place() -> Path:
    """The init file that Emacs loads; where there is none, the one that it would look for first."""
    home = Path.home()
    shared = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "emacs"
    paths = (home / ".emacs.el", home / ".emacs", home / ".emacs.d/init.el", shared / "init.el")
    found = next((path for path in paths if os.path.lexists(path)), None)
    if found is not None:
        return found
    return paths[3] if shared.is_dir() and not paths[2].parent.is_dir() else paths[2]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

"""git send-email: a `sendemail-validate` hook, which runs the one that was there before first."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tonecheck.errors import InputError, TonecheckError
from tonecheck.hooks.install.block import contents
from tonecheck.hooks.install.command import command
from tonecheck.hooks.install.plan import Change, Move, Plan, Request

__all__ = ["plan"]

# Only a held mail stops git; a tonecheck that is broken, or gone, does not.
HOOK = """\
#!/bin/sh
# Made by "tonecheck hook install git"; "tonecheck hook install git --undo" takes it away.
own="$0.own"  # the hook that was here before
if [ -x "$own" ]; then "$own" "$@" || exit; fi
COMMAND hook git "$@"
case $? in
  0) ;;
  65 | 130) exit 1 ;;
  *) echo "tonecheck failed; the mail goes unchecked." >&2 ;;
esac
"""
OURS = re.compile(re.escape(HOOK.encode()).replace(rb"COMMAND", rb".*"))


def plan(request: Request) -> Plan:
    """The hook of the repository that the user stands in, or of all. Raises TonecheckError."""
    if request.file is not None:
        raise TonecheckError("git has one place for this hook: go into the repository, without --file")
    hook = _folder(request.everywhere) / "sendemail-validate"
    own = hook.with_name(f"{hook.name}.own")
    data = contents(hook) if os.path.lexists(hook) else None
    ours = data is not None and OURS.fullmatch(data) is not None
    if data is not None and not ours and b"tonecheck hook git" in data:
        raise InputError(f"{hook}: was changed by hand since tonecheck made it; change it back or delete it")
    if request.undo:
        if not ours:
            raise TonecheckError(f"{hook}: tonecheck is not installed here; nothing to undo")
        back = (Move(own, hook),) if os.path.lexists(own) else ()
        return Plan((Change(hook, data, None), *back))
    new = HOOK.replace("COMMAND", shlex.quote(command())).encode("utf8", "surrogateescape")
    if data is None or ours:
        return Plan((Change(hook, data, new, 0o755),), tuple(_notes(request)))
    if os.path.lexists(own):
        raise InputError(f"{own}: is there already, and {hook} too; tonecheck cannot tell which to keep")
    return Plan((Move(hook, own), Change(hook, None, new, 0o755)), tuple(_notes(request)))


def _folder(everywhere: bool) -> Path:
    """Where git looks for hooks: here, or for every repository of the user."""
    if not everywhere:
        found = _git("rev-parse", "--git-path", "hooks")
        if found is None:
            raise TonecheckError("this is no git repository; go into one, or use --global")
        return Path(found).absolute()
    found = _git("config", "--global", "--type=path", "core.hooksPath")
    if found is None:
        raise TonecheckError(
            "git has no folder with hooks for all repositories. Choose one with `git config --global "
            "core.hooksPath ~/.githooks`, but mind that git then passes over the hooks of each repository; "
            "or install the hook in each, without --global"
        )
    return Path(found)


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, check=False)
    except OSError:
        raise TonecheckError("git: no such command; install git first") from None
    return os.fsdecode(done.stdout.removesuffix(b"\n")) if done.returncode == 0 else None


def _notes(request: Request) -> Iterator[str]:
    if _git("config", "--type=bool", "sendemail.validate") == "false":
        yield "sendemail.validate is false: git send-email will not call this hook."
    if not request.everywhere and _git("config", "core.hooksPath") is not None:
        yield "core.hooksPath is set: this folder of hooks may serve other repositories too."
    yield "`git send-email --no-validate` sends without this hook."

"""Thunderbird: the add-on as a file to install from, and the host that it may start."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

from platformdirs import user_data_path

from tonecheck.errors import TonecheckError
from tonecheck.hooks.addon import NAME, add_on_id, packed
from tonecheck.hooks.install.block import contents
from tonecheck.hooks.install.plan import Change, Plan, Request

__all__ = ["plan"]

# Where Thunderbird looks for hosts, which is where Firefox does.
HOSTS = {"linux": ".mozilla/native-messaging-hosts"}
HOSTS["darwin"] = "Library/Application Support/Mozilla/NativeMessagingHosts"
HOST = """\
#!/bin/sh
# Made by "tonecheck hook install thunderbird"; its add-on starts this.
exec PYTHON -P -m tonecheck.hooks.native
"""
REMOVE = "In Thunderbird, remove the add-on too: Tools, Add-ons and Themes."


def plan(request: Request) -> Plan:
    """The add-on, its host, and the host's manifest, made or taken away. Raises TonecheckError."""
    if request.file is not None:
        raise TonecheckError("thunderbird has no settings file to change; install without --file")
    if sys.platform not in HOSTS:
        raise TonecheckError("thunderbird can be set up on Linux and macOS only")
    host = user_data_path("tonecheck") / "thunderbird-host"
    add_on = host.with_name("thunderbird.xpi")
    files = {
        host: HOST.replace("PYTHON", shlex.quote(sys.executable)).encode(),
        Path.home() / HOSTS[sys.platform] / f"{NAME}.json": _manifest(host),
        add_on: packed(),
    }
    if request.undo:
        steps = (Change(path, there, None) for path in files if (there := contents(path)) is not None)
        if not (made := tuple(steps)):
            raise TonecheckError(f"{host}: tonecheck is not installed here; nothing to undo")
        return Plan(made, (REMOVE,))
    changes = (
        Change(path, contents(path), data, 0o755 if path == host else 0o644) for path, data in files.items()
    )
    return Plan(tuple(changes), _notes(add_on))


def _manifest(host: Path) -> bytes:
    told = {
        "name": NAME,
        "description": "Reads a reply the way the client will.",
        "path": str(host),
        "type": "stdio",
        "allowed_extensions": [add_on_id()],
    }
    return (json.dumps(told, indent=2) + "\n").encode()


def _notes(add_on: Path) -> tuple[str, ...]:
    return (
        "In Thunderbird, open Tools, Add-ons and Themes; behind the wheel, choose Install Add-on From File, "
        f"and then {add_on}. The same again after an update of tonecheck.",
        "A Thunderbird from Flatpak or Snap cannot start programs outside its sandbox; use the one of your system.",
    )

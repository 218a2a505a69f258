"""The options of every command that opens a door to browsers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

__all__ = ["to_browsers"]

OPTIONS = (
    click.option(
        "--name", "names", multiple=True, help="A further name that browsers reach it by; may be repeated."
    ),
    click.option(
        "--cert", type=click.Path(path_type=Path), metavar="FILE", help="The certificate, for https."
    ),
    click.option("--key", type=click.Path(path_type=Path), metavar="FILE", help="The certificate's key."),
    click.option(
        "--log", is_flag=True, help="Print method, path, status and time of each request, never a text."
    ),
)


def to_browsers(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the names it is reached by, its certificate and its log."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command

"""A terminal of its own in tmux: real programs are driven by keys, and read from the screen."""

from __future__ import annotations

import shlex
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 60.0


class Screen:
    """A program in a terminal of 100 columns and 60 lines."""

    def __init__(self, socket: Path) -> None:
        self._tmux = ["tmux", "-S", str(socket), "-f", "/dev/null"]

    def start(self, command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
        own = {**environment, "TERM": "screen"}
        for name in ("TMUX", "LINES", "COLUMNS"):  # the terminal's size counts, not that of ours
            own.pop(name, None)
        new = [*self._tmux, "new-session", "-d", "-x", "100", "-y", "60", "-c", str(folder)]
        subprocess.run([*new, shlex.join(command)], env=own, check=True)

    def keys(self, *keys: str) -> None:
        """Press keys by tmux's names, such as Enter and C-x; other words are typed."""
        subprocess.run([*self._tmux, "send-keys", *keys], check=True)

    def shows(self, *texts: str, nudge: str | None = None) -> str:
        """The screen, once it shows all the texts, however lines are wrapped.

        `nudge` is a key without a meaning, for a program that draws itself again only when one is pressed.
        """
        end = time.monotonic() + PATIENCE
        while True:
            told = self._text()
            if all(text in " ".join(told.split()) for text in texts):
                return told
            assert time.monotonic() < end, f"{texts} not on the screen:\n{told}"
            time.sleep(0.1)
            if nudge:
                self.keys(nudge)

    def _text(self) -> str:
        done = subprocess.run(
            [*self._tmux, "capture-pane", "-p"], capture_output=True, text=True, check=False
        )
        return done.stdout if done.returncode == 0 else f"the program has ended: {done.stderr}"

    def end(self) -> None:
        subprocess.run([*self._tmux, "kill-server"], capture_output=True, check=False)


@contextmanager
def screen(command: list[str], *, folder: Path, environment: Mapping[str, str]) -> Iterator[Screen]:
    """The command in a terminal, which ends with it."""
    made = Screen(folder / "tmux")
    made.start(command, folder, environment)
    try:
        yield made
    finally:
        made.end()


def waited_for(path: Path) -> bytes:
    """The file's bytes, once it is there."""
    end = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < end, f"{path} does not come"
        time.sleep(0.1)
    return path.read_bytes()

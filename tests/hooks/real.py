"""A sendmail for tests that keeps what it is given, and drafts to give it."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default
from pathlib import Path

from conftest import ROOT

ADDRESS = "ann@client.example"
BAD = (ROOT / "examples" / "late-plumber.eml").read_text("utf8").split("\n\n", 1)[1]
GOOD = """\
Hello Ann,

you waited on Tuesday from eight until noon, and nobody came or called. I am sorry; I forgot to
pass your new time on. I will be with you on Friday at nine, and this visit costs you nothing.

Kim Moreno
"""
WORDS = "nobody else had"


class Real:
    """A program in a folder; `got` and `arguments` are there once it was called."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.path, self.got, self.arguments = (folder / name for name in ("real", "got", "arguments"))
        for path in (self.got, self.arguments):
            path.unlink(missing_ok=True)
        # The arguments come last, so that the mail is whole when they are there.
        self.path.write_text(
            f"#!/bin/sh\ncat > '{self.got}'\nprintf '%s\\n' \"$@\" > '{self.arguments}.new'\n"
            f"mv '{self.arguments}.new' '{self.arguments}'\n",
            "utf8",
        )
        self.path.chmod(0o755)

    def text(self) -> str:
        """The text of the mail it was given, as its reader sees it."""
        mail = message_from_bytes(self.got.read_bytes(), policy=default)
        text: str = mail.get_content()
        return text.replace("\r\n", "\n")  # aerc ends lines as SMTP does


def draft(folder: Path, body: str) -> Path:
    """A draft to the client in a file."""
    path = folder / "draft"
    path.write_text(f"To: {ADDRESS}\nSubject: Tuesday\n\n{body}", "utf8")
    return path

"""mutt and neomutt: $sendmail is wrapped, whatever it is, and Y in the compose menu sends unchecked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from tonecheck.errors import TonecheckError
from tonecheck.hooks.install.block import block_in, block_out
from tonecheck.hooks.install.command import command, plain_command
from tonecheck.hooks.install.plan import Plan, Request

__all__ = ["plan"]

# Where each looks, in its order; the one that is made where there is none stands last.
PLACES = {
    "mutt": ("~/.muttrc", "~/.mutt/muttrc", "$XDG/mutt/muttrc", "~/.muttrc"),
    "neomutt": (
        *(f"$XDG/{folder}/{name}" for folder in ("neomutt", "mutt") for name in ("neomuttrc", "muttrc")),
        *(f"~/.{folder}/{name}" for folder in ("neomutt", "mutt") for name in ("neomuttrc", "muttrc")),
        *("~/.neomuttrc", "~/.muttrc", "$XDG/neomutt/neomuttrc"),
    ),
}
SECONDS_TO_ANSWER = 20
# Such a line sets $sendmail after us, for some mails.
OTHER_WAY = re.compile(r"\s*(?:send2?|reply|folder|account)-hook\b.*\bsendmail\b")
SETTINGS = ("sendmail", "sendmail_wait", "smtp_url", "fcc_before_send")


def plan(request: Request) -> Plan:
    """A block at the end of the settings, after whatever sets $sendmail. Raises TonecheckError."""
    path = request.file or _place(request.program)
    if request.undo:
        return Plan((block_out(path, comment="#"),))
    program = request.program
    lines = (
        f'set sendmail="{plain_command(program)} sendmail --no-copy $sendmail"',
        "# It has to wait for the answer.",
        "set sendmail_wait=0",
        "# Y in the compose menu, instead of y: send this one unchecked.",
        "macro compose Y '<enter-command>setenv TONECHECK off@`date +%s`<enter><send-message>' \"send unchecked\"",
    )
    change = block_in(path, lines, comment="#")
    notes = (*_other_ways(path, change.before or b""), *_notes(program, path, _settings(program, path)))
    return Plan((change,), notes)


def _place(program: str) -> Path:
    home = Path.home()
    shared = os.environ.get("XDG_CONFIG_HOME") or str(home / ".config")
    paths = [Path(place.replace("$XDG", shared).replace("~", str(home), 1)) for place in PLACES[program]]
    return next((path for path in paths if os.path.lexists(path)), paths[-1])


def _settings(program: str, path: Path) -> Mapping[str, str]:
    """The settings that count, as the program itself says they are; none where it cannot be asked."""
    if shutil.which(program) is None:
        return {}
    read = ["-F", str(path.absolute())] if path.exists() else []
    try:
        done = subprocess.run(
            [program, *read, *(word for name in SETTINGS for word in ("-Q", name))],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=Path.home(),
            timeout=SECONDS_TO_ANSWER,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return {}
    told = done.stdout.decode("utf8", "replace")
    found = dict(re.findall(r'^(?:set )?(\w+) ?= ?"?(.*?)"?$', told, re.MULTILINE))
    found |= dict.fromkeys(re.findall(r"^(\w+) is set$", told, re.MULTILINE), "yes")
    return found


def _other_ways(path: Path, settings: bytes) -> Iterator[str]:
    for number, line in enumerate(settings.decode("utf8", "replace").splitlines(), 1):
        if OTHER_WAY.match(line):
            yield (
                f"{path}:{number}: this hook sets sendmail by itself, and what it sends is not checked; "
                f"put “{command()} sendmail --no-copy” before its command."
            )


def _notes(program: str, path: Path, settings: Mapping[str, str]) -> Iterator[str]:
    if not settings:
        yield f"{program} could not be asked for its settings: mind that $smtp_url has to be empty."
        return
    if settings.get("smtp_url"):
        raise TonecheckError(
            f"{path}: smtp_url is set, so {program} speaks to the server itself and never calls $sendmail; "
            'unset it, and let a program such as msmtp send: set sendmail="msmtp"'
        )
    if settings.get("sendmail_wait", "0") != "0":
        yield (
            f"sendmail_wait was {settings['sendmail_wait']}: {program} may then not wait for the answer, and a "
            "held mail would be gone. The block sets it to 0."
        )
    if settings.get("fcc_before_send") == "yes":
        yield (
            "fcc_before_send is set: a held mail stands in your sent folder already, and once more after each "
            "try. “unset fcc_before_send” keeps only what was sent."
        )
    real = next(iter(settings.get("sendmail", "").split("--no-copy ")[-1].split()), "empty")
    if shutil.which(os.path.join(Path.home(), os.path.expanduser(real)) if "/" in real else real) is None:
        yield f"sendmail is {real}, which cannot be run: no mail will leave before that is mended."
    yield f"{program} reads this at its next start. Y in the compose menu sends unchecked."

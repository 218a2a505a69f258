"""The sendmail wrapper before real programs: msmtp, and Postfix's sendmail with Postfix behind it."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from conftest import EXAMPLES, ROOT, Home

BAD = ROOT / "examples" / "part-x.eml"
CLIENT = "ann@client.example"


class Sink:
    """An SMTP server that keeps what it is given: (sender, recipients, mail)."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, list[str], bytes]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
        return "250 Kept"

    def waited_for(self, number: int) -> list[tuple[str, list[str], bytes]]:
        """The mails, once there are so many; delivery takes its time."""
        end = time.monotonic() + 120
        while len(self.mails) < number:
            assert time.monotonic() < end
            time.sleep(0.05)
        found, self.mails = self.mails, []
        return found


@pytest.fixture(scope="module")
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@pytest.fixture(scope="module")
def sink(port: int) -> Iterator[Sink]:
    kept = Sink()
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    yield kept
    controller.stop()


@pytest.fixture(scope="module")
def msmtp(sink: Sink, port: int, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The command that hands a mail to msmtp."""
    settings = tmp_path_factory.mktemp("msmtp") / "msmtprc"
    settings.write_text(
        f"defaults\nauth off\ntls off\naccount sink\nhost 127.0.0.1\nport {port}\nfrom jo@acme.example\n"
        "account default : sink\n",
        "utf8",
    )
    settings.chmod(0o600)
    return ["msmtp", f"--file={settings}", "-oi"]


POSTFIX = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = here.example
mydestination =
alias_maps =
inet_interfaces = loopback-only
inet_protocols = ipv4
relayhost = [127.0.0.1]:{port}
smtp_host_lookup = native
smtp_dns_support_level = disabled
"""
SERVICES = """\
postlog   unix-dgram n - n - 1 postlogd
pickup    unix n - n 1 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 1 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
smtp      unix - - n - - smtp
retry     unix - - n - - error
error     unix - - n - - error
"""


@pytest.fixture(scope="module")
def postfix(sink: Sink, port: int) -> Iterator[list[str]]:
    """The command that hands a mail to Postfix, which runs with settings of its own and relays to the sink."""
    with tempfile.TemporaryDirectory(prefix="tc-") as place:
        folder, settings = Path(place), Path(place, "settings")
        folder.chmod(0o755)  # its processes run as the user postfix
        for inner in (settings, folder / "queue", folder / "data"):
            inner.mkdir()
        shutil.chown(folder / "data", "postfix")
        (settings / "main.cf").write_text(POSTFIX.format(folder=folder, port=port), "utf8")
        (settings / "master.cf").write_text(SERVICES, "utf8")
        control = ["postfix", "-c", str(settings)]
        started = subprocess.run([*control, "start"], capture_output=True, text=True, check=False)
        assert started.returncode == 0, started.stderr + (folder / "log").read_text("utf8")
        yield ["/usr/sbin/sendmail", "-C", str(settings), "-oi"]
        subprocess.run([*control, "stop"], check=True, capture_output=True)


@pytest.fixture(params=["msmtp", "postfix"])
def program(request: pytest.FixtureRequest) -> list[str]:
    command: list[str] = request.getfixturevalue(request.param)
    return command


def as_sent(mail: bytes) -> bytes:
    """The mail without what Postfix adds on its way: where it came in, and an id where it had none."""
    return re.sub(rb"^Received: .*\r\n(?:[ \t].*\r\n)*", b"", mail)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_what_arrives_is_what_arrives_without_tonecheck(
    warm: Home, sink: Sink, program: list[str], path: Path
) -> None:
    mail = path.read_bytes()
    command = [*program, "-f", "jo@acme.example", "--", CLIENT]
    subprocess.run(command, input=mail, check=True)
    (plain,) = sink.waited_for(1)
    limits = ", ".join(f"{fault} = 100" for fault in ("defensiveness", "excuses", "doublespeak"))
    warm.settings(f"limits = {{ {limits} }}\n")
    try:
        done = warm.run("sendmail", "--", *command, stdin=mail)
    finally:
        warm.settings("")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    (checked,) = sink.waited_for(1)
    assert checked[:2] == plain[:2] == ("jo@acme.example", [CLIENT])
    assert as_sent(checked[2]) == as_sent(plain[2])
    body = mail.replace(b"\r\n", b"\n").split(b"\n\n", 1)[1]
    assert body.rstrip() in checked[2].replace(b"\r\n", b"\n")


def test_a_held_mail_never_reaches_the_program(warm: Home, sink: Sink, program: list[str]) -> None:
    done = warm.run(
        "sendmail", "--no-ask", "--", *program, "-f", "jo@acme.example", "--", CLIENT, stdin=BAD.read_bytes()
    )
    assert done.returncode == 65
    assert b"held as" in done.stderr
    anyway = warm.run(
        "sendmail",
        "--",
        *program,
        "-f",
        "jo@acme.example",
        "--",
        CLIENT,
        stdin=BAD.read_bytes(),
        TONECHECK="off",
    )
    assert anyway.returncode == 0
    assert len(sink.waited_for(1)) == 1


def test_recipients_in_the_headers_are_the_programs_business(
    warm: Home, sink: Sink, program: list[str]
) -> None:
    mail = b"From: jo@acme.example\nTo: ann@client.example\nBcc: kim@acme.example\nSubject: x\n\nOn Friday.\n"
    assert warm.run("sendmail", "--", *program, "-f", "jo@acme.example", "-t", stdin=mail).returncode == 0
    found = sink.waited_for(1)
    while sum(len(recipients) for _, recipients, _ in found) < 2:
        found += sink.waited_for(1)
    assert sorted(r for _, recipients, _ in found for r in recipients) == [CLIENT, "kim@acme.example"]
    assert all(b"kim@" not in data for _, _, data in found)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda msmtp, _: [*msmtp, "--account=nobody", CLIENT],
        lambda _, postfix: [*postfix, "-bx"],
        lambda _, postfix: [postfix[0], "-C", "/no/such/folder", CLIENT],
    ],
)
def test_the_programs_own_exit_status_comes_back(
    warm: Home, msmtp: list[str], postfix: list[str], wrong: Callable[[list[str], list[str]], list[str]]
) -> None:
    command = wrong(msmtp, postfix)
    alone = subprocess.run(
        command, input=b"To: a@b.example\n\nOn Friday.\n", capture_output=True, check=False
    )
    assert alone.returncode not in {0, 126}
    done = warm.run("sendmail", "--", *command, stdin=b"To: a@b.example\n\nOn Friday.\n")
    assert done.returncode == alone.returncode
    assert done.stderr.splitlines()[:1] == alone.stderr.splitlines()[:1]

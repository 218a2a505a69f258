"""Five thousand mails through a real Postfix and the proxy, whose next hop dies half way and comes back."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import EXAMPLES
from mailserver import Site, free_port, site

TEXTS = {path.stem: path.read_bytes().replace(b"\r\n", b"\n") for path in EXAMPLES[:10]}
MAILS, AT_ONCE = 5000, 20
OUTAGE_SECONDS = 1.5
# What stands above a mail: our lines, and one of each Postfix that had it in hand.
HEAD = re.compile(
    rb"(?:X-Tonecheck-(?:Id|Verdict|Scores): [^\r\n]*\r\n){3}(?:Received: [^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*){2}"
)


@contextmanager
def sink(port: int, kept: Path, death: int = 0) -> Iterator[subprocess.Popen[bytes]]:
    script = Path(__file__).with_name("sink.py")
    process = subprocess.Popen([sys.executable, script, str(port), str(kept), str(death)])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def source(name: str, folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Mails with this text over two connections, each to a recipient of its own."""
    file = folder / f"{name}.txt"
    file.write_bytes(TEXTS[name])
    each = ("-m", str(MAILS // len(TEXTS)), "-s", str(AT_ONCE // len(TEXTS)), "-N")
    envelope = ("-f", "ann@acme.example", "-t", f"{name}@client.example")
    return subprocess.Popen(["smtp-source", *each, *envelope, "-F", file, f"127.0.0.1:{port}"])


def sent(name: str) -> bytes:
    """The text as smtp-source sends it, with an empty line at the end."""
    return TEXTS[name].replace(b"\n", b"\r\n") + b"\r\n"


def wait_until_all_is_delivered(postfix: Site, kept: Path) -> None:
    until = time.monotonic() + 240
    while kept.read_bytes().count(b"\n") < MAILS or postfix.server.run("postqueue", "-j"):
        assert time.monotonic() < until, postfix.server.log[-5000:] + postfix.proxy.log[-5000:]
        time.sleep(0.5)


def test_no_mail_is_lost_or_doubled_when_the_next_hop_dies_half_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, port, intake = tmp_path / "kept.jsonl", free_port(), free_port()
    # A first Postfix queues, so that what is turned away is tried again.
    queue = f"127.0.0.1:{intake} inet n - n - - smtpd -o content_filter=smtp:submission\n"
    with (
        sink(port, kept, death=MAILS // 2) as first,
        site(tmp_path, more=queue, next_port=port) as postfix,
    ):
        began = time.monotonic()
        sources = [source(name, tmp_path, intake) for name in TEXTS]
        assert first.wait(240) == 9
        time.sleep(OUTAGE_SECONDS)
        with sink(port, kept):
            assert [process.wait(240) for process in sources] == [0] * len(TEXTS)
            wait_until_all_is_delivered(postfix, kept)
        seconds = time.monotonic() - began
        accepted = postfix.proxy.log.count("answer='250 ")
        retries = postfix.server.log.count("status=deferred")
    mails = [json.loads(line) for line in kept.read_text("utf8").splitlines()]
    with capsys.disabled():
        print(
            f"\n{len(mails)} mails, {AT_ONCE} at a time, {len(mails) / seconds:.0f} a second, {retries} retries"
        )
    assert accepted == len(mails) == MAILS
    assert retries > 0
    numbers = range(1, MAILS // len(TEXTS) + 1)
    wanted = Counter(f"{number}{name}@client.example" for name in TEXTS for number in numbers)
    assert Counter(to for mail in mails for to in mail["to"]) == wanted
    for mail in mails:
        content, text = (
            mail["content"].encode("latin-1"),
            sent(mail["to"][0].lstrip("0123456789").split("@")[0]),
        )
        assert content.endswith(text)
        assert HEAD.fullmatch(content.removesuffix(text)), content[:1000]

"""How the proxy lives with what goes wrong: mails to be held, bounds, strangers, crashes, and its end."""

from __future__ import annotations

import os
import re
import signal
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from hop import NextHop, next_hop
from mails import FINE, HELD
from stage import Running, Wire, before, client, doubled, proxy


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def certificate(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture(scope="module")
def strict_stage(
    authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[NextHop, Running]]:
    folder = tmp_path_factory.mktemp("strict")
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    options = ("--on-hold", "reject", "--tls", "require", "--max-bytes", "3000", "--at-once", "1")
    with (
        next_hop(certificate(authority)) as hop,
        proxy(
            folder,
            *before(hop.port),
            *options,
            config="timeout = 10\n",
            SSL_CERT_FILE=str(folder / "ca.pem"),
        ) as running,
    ):
        yield hop, running


@pytest.fixture
def strict(strict_stage: tuple[NextHop, Running], authority: trustme.CA) -> Iterator[tuple[NextHop, Running]]:
    """A proxy that refuses and encrypts, takes 3,000 bytes, and one mail at a time."""
    trusted = strict_stage[0].tls
    strict_stage[0].reset()
    yield strict_stage
    strict_stage[0].tls = trusted


def test_a_mail_to_be_held_is_refused_with_a_reason_and_an_id(strict: tuple[NextHop, Running]) -> None:
    hop, running = strict
    with client(running.port) as wire:
        answer = wire.send(doubled(HELD))
        assert answer.startswith("550 5.7.1 Held back by tonecheck: ")
        assert re.search(r"doublespeak \d\d \(limit 50\)", answer)
        assert answer.isascii()
        assert "quotas" not in answer
        noted = next(line for line in running.log.splitlines() if f"id={answer.rstrip()[-13:-1]}" in line)
        assert "verdict=hold" in noted
        assert wire.send(FINE).startswith("250")
    assert [arrived.mail for arrived in hop.arrived] == [FINE]
    assert hop.commands.index("RSET") > hop.commands.index("RCPT TO:<bo@client.example>")


def test_mail_goes_encrypted_to_a_next_hop_that_is_trusted(strict: tuple[NextHop, Running]) -> None:
    hop, running = strict
    with client(running.port) as wire:
        assert wire.send(FINE).startswith("250")
    assert hop.arrived[0].encrypted


@pytest.mark.parametrize("certified", [True, False])
def test_nothing_goes_to_a_next_hop_that_is_not_trusted(
    strict: tuple[NextHop, Running], certified: bool
) -> None:
    hop, running = strict
    hop.tls = certificate(trustme.CA()) if certified else None
    wire = Wire(running.port)
    assert wire.say("EHLO client.example")[0].startswith("421")
    wire.close()
    assert not any(command.startswith("MAIL") for command in hop.commands)


def test_a_mail_that_is_too_large_is_refused_and_the_next_one_goes(strict: tuple[NextHop, Running]) -> None:
    hop, running = strict
    with client(running.port) as wire:
        assert wire.say("MAIL FROM:<a@acme.example> SIZE=3001")[0].startswith("552")
        assert wire.send(FINE + b"x" * 100_000 + b"\r\n").startswith("552")
        filled = FINE + b"x" * (3000 - len(FINE) - 2) + b"\r\n"
        assert wire.send(filled + b"x\r\n").startswith("552")
        assert wire.send(filled).startswith("250")
    assert [arrived.mail for arrived in hop.arrived] == [filled]


def test_mails_beyond_the_bound_wait_their_turn(strict: tuple[NextHop, Running]) -> None:
    hop, running = strict
    begun, go_on = threading.Event(), threading.Event()

    def slowly(line: str) -> str:
        begun.set()
        assert go_on.wait(60)
        return "250 2.0.0 Ok"

    hop.answers["CONTENT"] = slowly
    with client(running.port) as first, client(running.port) as second:
        first.say("MAIL FROM:<a@acme.example>", "RCPT TO:<b@client.example>", "DATA")
        first.socket.sendall(FINE + b".\r\n")
        assert begun.wait(60)
        second.socket.sendall(b"MAIL FROM:<a@acme.example>\r\nRCPT TO:<b@client.example>\r\nDATA\r\n")
        assert [second.read()[:3] for _ in range(2)] == ["250", "250"]
        second.socket.settimeout(0.3)
        with pytest.raises(TimeoutError):
            second.socket.recv(3)
        second.socket.settimeout(60)
        go_on.set()
        assert first.read().startswith("250")
        assert second.socket.recv(3) == b"354"


def test_a_next_hop_whose_encryption_fails_gets_the_mail_in_clear_where_that_may_be(tmp_path: Path) -> None:
    broken = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)  # without a certificate no handshake succeeds
    with next_hop(broken) as hop, proxy(tmp_path, *before(hop.port)) as running:
        with client(running.port) as wire:
            assert wire.send(FINE).startswith("250")
        hop.tls = certificate(trustme.CA())
        with client(running.port) as wire:
            assert wire.send(FINE).startswith("250")
        assert [arrived.encrypted for arrived in hop.arrived] == [False, True]


def test_a_stop_lets_mails_in_hand_come_to_their_end(tmp_path: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slowly(line: str) -> str:
        begun.set()
        assert go_on.wait(60)
        return "250 2.0.0 Ok"

    with next_hop() as hop, proxy(tmp_path, *before(hop.port)) as running:
        hop.answers["CONTENT"] = slowly
        with client(running.port) as writing, client(running.port) as idle:
            writing.say("MAIL FROM:<a@acme.example>", "RCPT TO:<b@client.example>", "DATA")
            writing.socket.sendall(FINE + b".\r\n")
            assert begun.wait(60)
            running.process.terminate()
            assert idle.read().startswith("421 4.3.2")
            with pytest.raises(ConnectionRefusedError):
                Wire(running.port)
            go_on.set()
            assert writing.read().startswith("250")
            assert writing.read().startswith("421 4.3.2")
            assert running.process.wait(60) == 0
        assert [arrived.mail for arrived in hop.arrived] == [FINE]
        assert "stopped; 0 mails cut off" in running.log


@pytest.mark.parametrize(("on_fault", "code"), [("send", "250"), ("hold", "451 4.7.1")])
def test_a_check_that_takes_too_long_is_the_users_choice(tmp_path: Path, on_fault: str, code: str) -> None:
    config = f'timeout = 0.0001\non_fault = "{on_fault}"\n'
    with (
        next_hop() as hop,
        proxy(tmp_path, *before(hop.port), "--on-hold", "reject", config=config) as running,
    ):
        with client(running.port) as wire:
            assert wire.send(doubled(HELD)).startswith(code)
        assert [a.header("Fault") for a in hop.arrived] == ["tonecheck took longer than 0.0001 seconds"] * (
            on_fault == "send"
        )


@pytest.mark.parametrize(
    ("blow", "fault"),
    [(signal.SIGKILL, "the checker crashed"), (signal.SIGSTOP, "tonecheck took longer than 10 seconds")],
)
def test_a_checker_that_crashes_or_hangs_lets_mail_go_and_comes_back(
    strict: tuple[NextHop, Running], blow: signal.Signals, fault: str
) -> None:
    hop, running = strict
    parts = (f"{part} {blow.name}".encode() for part in ("valve", "hose", "filter"))
    known, first, second = (FINE.replace(b"pump", part) for part in parts)
    with client(running.port) as wire:
        wire.send(known)
        os.kill(_checker_of(running.process.pid), blow)
        assert [wire.send(mail)[:3] for mail in (known, first)] == ["250", "250"]
        assert hop.arrived[1].header("Scores") == hop.arrived[0].header("Scores") != ""
        assert hop.arrived[2].header("Fault") == fault
        for _ in range(100):  # a mail that comes while it starts again is let go too
            wire.send(second)
            if hop.arrived[-1].header("Scores"):
                break
    assert hop.arrived[-1].header("Fault") == ""
    assert {arrived.mail for arrived in hop.arrived} == {known, first, second}


def _checker_of(proxy_pid: int) -> int:
    children = Path(f"/proc/{proxy_pid}/task/{proxy_pid}/children").read_text().split()
    return next(int(c) for c in children if b"spawn_main" in Path(f"/proc/{c}/cmdline").read_bytes())

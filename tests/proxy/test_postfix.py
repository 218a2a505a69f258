"""A real Postfix with the proxy before its queue, by the lines of examples/postfix.md."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from mails import FINE, HELD
from mailserver import Site, block, site, wait_for
from stage import client, doubled


def in_queue(site: Site) -> list[dict[str, str]]:
    return [json.loads(line) for line in site.server.run("postqueue", "-j").splitlines()]


@pytest.fixture(scope="module")
def marking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("marking")) as found:
        yield found


def test_a_mail_goes_through_postfix_as_it_is_and_the_world_sees_no_scores(marking: Site) -> None:
    before = len(marking.world.arrived)
    mail = HELD.replace(b"Best regards", "Schöne Grüße\r\n.\r\n..".encode())
    with client(marking.port) as wire:
        assert wire.send(doubled(mail)).startswith("250 2.0.0 Ok: queued as ")
    wait_for(lambda: len(marking.world.arrived) > before, marking)
    arrived = marking.world.arrived[-1].content
    received, found, rest = arrived.partition(mail)
    assert (found, rest) == (mail, b"")
    assert received.startswith(b"Received:")
    assert b"X-Tonecheck" not in arrived
    assert "verdict=hold" in marking.proxy.log


def test_postfix_passes_on_what_a_mail_program_asks_for(marking: Site) -> None:
    before = len(marking.world.arrived)
    said = [
        "MAIL FROM:<zoë@acme.example> SMTPUTF8 BODY=8BITMIME RET=HDRS ENVID=Ab3",
        "RCPT TO:<björn@client.example> NOTIFY=FAILURE,DELAY",
    ]
    with client(marking.port) as wire:
        assert [answer[:3] for answer in wire.say(*said, "DATA")] == ["250", "250", "354"]
        wire.socket.sendall(FINE + b".\r\n")
        assert wire.read().startswith("250")
    wait_for(lambda: len(marking.world.arrived) > before, marking)
    mail, recipient = marking.world.arrived[-1].commands[-3:-1]
    assert all(word in mail for word in ("<zoë@acme.example>", "SMTPUTF8", "RET=HDRS", "ENVID=Ab3"))
    assert "<björn@client.example>" in recipient
    assert "NOTIFY=FAILURE,DELAY" in recipient


def test_a_mail_to_be_held_waits_for_a_person(marking: Site) -> None:
    marking.server.run(
        "postconf", "-e", block("cf main.cf hold").strip().replace("/etc/postfix", str(marking.server.conf))
    )
    marking.server.run("postfix", "reload")
    before = len(marking.world.arrived)
    for mail in (HELD, FINE):
        with client(marking.port) as wire:
            assert wire.send(doubled(mail)).startswith("250")
    wait_for(lambda: len(marking.world.arrived) > before, marking)
    assert marking.world.arrived[-1].content.endswith(FINE)
    (held,) = in_queue(marking)
    assert held["queue_name"] == "hold"
    marking.server.run("postsuper", "-H", held["queue_id"])
    wait_for(lambda: len(marking.world.arrived) > before + 1, marking)
    assert marking.world.arrived[-1].content.endswith(HELD)
    assert b"X-Tonecheck" not in marking.world.arrived[-1].content


def test_a_refusal_and_a_proxy_that_is_down_and_the_way_around_it(tmp_path: Path) -> None:
    with site(tmp_path, "--on-hold", "reject") as refusing:
        with client(refusing.port) as wire:
            assert wire.send(doubled(HELD)).startswith("550 5.7.1 Held back by tonecheck: ")
        assert refusing.proxy.stop() == 0
        with client(refusing.port) as wire:
            assert wire.send(FINE).startswith("451 4.3.0")
        for line in block("sh bypass").replace("submission", f"127.0.0.1:{refusing.port}").splitlines():
            program, *arguments = shlex.split(line)
            refusing.server.run(program, *arguments)
        with client(refusing.port) as wire:
            assert wire.send(FINE).startswith("250")
        wait_for(lambda: refusing.world.arrived, refusing)
        assert [arrived.content.endswith(FINE) for arrived in refusing.world.arrived] == [True]
        for word in ("quotas", "wrong pump"):
            assert word not in refusing.server.log + refusing.proxy.log

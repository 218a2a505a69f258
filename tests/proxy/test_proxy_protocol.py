"""Command by command: what the client says reaches the next hop, and its answers come back."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from hop import EHLO, NextHop, next_hop
from hypothesis import given
from hypothesis import strategies as st
from mails import FINE, HEAD, HELD
from stage import Running, Wire, before, client, doubled, proxy

from tonecheck.hooks.proxy.delivery import without_doubled_dots


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[NextHop, Running]]:
    with next_hop() as hop, proxy(tmp_path_factory.mktemp("proxy"), *before(hop.port)) as running:
        yield hop, running


@pytest.fixture
def hop(stage: tuple[NextHop, Running]) -> NextHop:
    stage[0].reset()
    return stage[0]


@pytest.fixture
def running(stage: tuple[NextHop, Running]) -> Running:
    return stage[1]


@pytest.fixture
def wire(hop: NextHop, running: Running) -> Iterator[Wire]:
    with client(running.port) as wire:
        yield wire


# Lines of any bytes; what would end a mail at some servers and not at others is refused, see below.
LINES = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.sampled_from([b"", b".", b"..", b".x", b"a\rb", b"a\nb", b"\0", "Grüße".encode(), b"x" * 3000]),
    ).filter(lambda line: not re.search(rb"[\r\n]\.?$|^\.?[\r\n]|[\r\n]\.[\r\n]", line)),
    max_size=12,
)


@given(LINES)
def test_any_bytes_arrive_as_they_were_sent(hop: NextHop, running: Running, lines: list[bytes]) -> None:
    mail = b"".join(line + b"\r\n" for line in lines)
    hop.arrived.clear()
    with client(running.port) as wire:
        assert wire.send(doubled(mail)) == "250 2.0.0 Ok: queued as 4TONE\r\n"
    assert [arrived.mail for arrived in hop.arrived] == [mail]


@given(LINES)
def test_dots_are_doubled_for_the_way_only(lines: list[bytes]) -> None:
    mail = b"".join(line + b"\r\n" for line in lines)
    assert without_doubled_dots(doubled(mail)) == mail


def test_a_line_of_a_megabyte_arrives_in_one_piece(hop: NextHop, wire: Wire) -> None:
    mail = HEAD + b"word " * 200_000 + b"\r\n"
    assert wire.send(mail).startswith("250")
    assert hop.arrived[0].mail == mail


def test_a_mail_without_a_byte_arrives(hop: NextHop, wire: Wire) -> None:
    assert wire.send(b"").startswith("250")
    assert hop.arrived[0].mail == b""


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r"])
def test_no_second_mail_can_be_smuggled_in(hop: NextHop, wire: Wire, end: bytes) -> None:
    assert wire.send(FINE + b"x" + end + b"MAIL FROM:<eve@x.example>\r\n").startswith("550 5.5.2")
    assert hop.arrived == []
    assert wire.send(FINE).startswith("250")


def test_only_what_the_next_hop_offers_is_offered(hop: NextHop, running: Running) -> None:
    hop.offers = ("SIZE 1000", "DSN", "CHUNKING", "AUTH PLAIN", "VRFY")
    wire = Wire(running.port)
    offered = [line[4:] for line in wire.say("EHLO client.example")[0].splitlines()[1:]]
    wire.close()
    assert offered == ["PIPELINING", "SIZE 1000", "DSN"]


def test_the_client_is_named_to_the_next_hop(hop: NextHop, wire: Wire) -> None:
    offered = wire.say("EHLO other.example")[0]
    assert hop.commands == ["EHLO client.example", "QUIT", "EHLO other.example"]
    assert all(offer in offered for offer in EHLO)


def test_parameters_reach_the_next_hop_as_they_were_written(hop: NextHop, wire: Wire) -> None:
    said = [
        "MAIL FROM:<Zoë@acme.example> BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=Ab+3Dc-7 SIZE=200",
        "RCPT TO:<björn@client.example> NOTIFY=SUCCESS,delay ORCPT=rfc822;Bjoern+40Client.example",
        "RCPT TO:<bo@client.example> NOTIFY=NEVER",
    ]
    assert [answer[:3] for answer in wire.say(*said, "DATA")] == ["250", "250", "250", "354"]
    wire.socket.sendall(FINE.replace(b"Ann", "Zoë".encode()) + b".\r\n")
    assert wire.read().startswith("250")
    assert hop.arrived[0].commands == ["EHLO client.example", *said, "DATA"]
    assert "Zoë".encode() in hop.arrived[0].mail


def test_parameters_that_the_next_hop_does_not_know_keep_no_mail_from_it(
    hop: NextHop, running: Running
) -> None:
    hop.offers = ("8BITMIME",)
    with client(running.port) as wire:
        wire.say("MAIL FROM:<a@x.example> BODY=8BITMIME RET=HDRS ENVID=7 SIZE=200 AUTH=<>")
        wire.say("RCPT TO:<b@x.example> NOTIFY=NEVER ORCPT=rfc822;b@x.example")
    assert hop.commands[-2:] == ["MAIL FROM:<a@x.example> BODY=8BITMIME", "RCPT TO:<b@x.example>"]


def test_xforward_is_passed_on(hop: NextHop, wire: Wire) -> None:
    said = "XFORWARD NAME=pc.acme.example ADDR=192.0.2.7 PROTO=ESMTP"
    assert wire.say(said)[0].startswith("250")
    assert wire.send(FINE).startswith("250")
    assert said in hop.arrived[0].commands


def test_xforward_is_not_known_where_the_next_hop_does_not_know_it(hop: NextHop, running: Running) -> None:
    hop.offers = ()
    with client(running.port) as wire:
        assert wire.say("XFORWARD NAME=x")[0].startswith("502")
        assert wire.send(FINE).startswith("250")


def test_one_mail_after_the_other_and_commands_at_once(hop: NextHop, wire: Wire) -> None:
    envelope = [b"MAIL FROM:<a@acme.example>", b"RCPT TO:<b@client.example>", b"DATA"]
    assert [answer[:3] for answer in wire.say(*envelope)] == ["250", "250", "354"]
    answers = wire.say(FINE + b".", b"RSET", *envelope)
    assert [answer[:3] for answer in answers] == ["250", "250", "250", "250", "354"]
    assert [answer[:3] for answer in wire.say(FINE + b".", b"NOOP", b"QUIT")] == ["250", "250", "221"]
    assert [arrived.mail for arrived in hop.arrived] == [FINE, FINE]


def test_each_recipient_gets_the_next_hops_answer(hop: NextHop, wire: Wire) -> None:
    answers = {"b@x.example": "550-5.1.1 No such\r\n550 5.1.1 person", "c@x.example": "450 4.2.1 Later"}
    hop.answers["RCPT"] = lambda line: answers.get(line[9:-1], "250 2.1.5 Ok")
    said = [f"RCPT TO:<{name}@x.example>" for name in "abc"]
    assert wire.say("MAIL FROM:<a@acme.example>", *said, "DATA")[1:-1] == [
        "250 2.1.5 Ok\r\n",
        "550-5.1.1 No such\r\n550 5.1.1 person\r\n",
        "450 4.2.1 Later\r\n",
    ]
    wire.socket.sendall(FINE + b".\r\n")
    assert wire.read().startswith("250")


def test_without_a_recipient_there_is_no_mail(hop: NextHop, wire: Wire) -> None:
    hop.answers["RCPT"] = lambda line: "550 5.1.1 No such person"
    answers = wire.say("MAIL FROM:<a@acme.example>", "RCPT TO:<b@x.example>", "DATA")
    assert [answer[:3] for answer in answers] == ["250", "550", "503"]
    assert wire.say("RSET")[0].startswith("250")


@pytest.mark.parametrize("refused", ["452 4.3.1 Disk full", "554 5.7.1 No", "421 4.3.2 Going down"])
@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "CONTENT"])
def test_a_refusal_of_the_next_hop_is_the_answer(hop: NextHop, wire: Wire, verb: str, refused: str) -> None:
    hop.answers[verb] = lambda line: refused
    assert _first_refusal(wire) == f"{refused}\r\n"
    assert hop.arrived == []


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "CONTENT"])
def test_a_connection_that_is_lost_asks_the_client_to_try_again(hop: NextHop, wire: Wire, verb: str) -> None:
    hop.answers[verb] = lambda line: None
    assert _first_refusal(wire).startswith("451 4.4.2")
    assert wire.say("RSET", "MAIL FROM:<ann@acme.example>")[1].startswith("421")
    hop.answers.clear()
    assert hop.arrived == []


def _first_refusal(wire: Wire) -> str:
    """The first answer that does not let a mail go on, in lock step."""
    for line in ("MAIL FROM:<ann@acme.example>", "RCPT TO:<bo@client.example>", "DATA", FINE + b"."):
        answer = wire.say(line)[0]
        if answer[0] not in "23":
            return answer
    raise AssertionError("the mail was accepted")


def test_a_next_hop_that_is_down_asks_the_client_to_come_back(hop: NextHop, running: Running) -> None:
    hop.answers["EHLO"] = hop.answers["HELO"] = lambda line: "421 4.3.2 Going down"
    wire = Wire(running.port)
    assert wire.say("EHLO client.example")[0].startswith("421 4.4.1")
    assert wire.file.read() == b""
    wire.close()


def test_a_client_that_leaves_within_a_mail_sends_none(hop: NextHop, running: Running) -> None:
    with client(running.port) as wire:
        wire.say("MAIL FROM:<a@acme.example>", "RCPT TO:<b@client.example>", "DATA")
        wire.socket.sendall(FINE)
    until = time.monotonic() + 60
    while hop.talking:
        assert time.monotonic() < until, "the proxy keeps the next hop waiting"
        time.sleep(0.02)
    with client(running.port) as wire:
        assert wire.send(FINE).startswith("250")
    assert len(hop.arrived) == 1


def test_strange_commands_are_refused_and_the_mail_after_them_goes(hop: NextHop, wire: Wire) -> None:
    strange = ["MAIL FROM:<a\tb@x.example>", "AUTH PLAIN AGEAYg==", "STARTTLS", "BDAT 5 LAST", "EHLO a\0b"]
    assert wire.say("RSET")[0].startswith("250")
    assert all(answer[0] in "45" for answer in wire.say(*strange))
    assert wire.send(FINE).startswith("250")


def test_a_mail_to_be_held_is_marked_and_goes(hop: NextHop, running: Running, wire: Wire) -> None:
    assert wire.send(doubled(HELD)).startswith("250")
    arrived = hop.arrived[0]
    assert arrived.mail == HELD
    assert arrived.header("Verdict") == "hold"
    assert re.fullmatch(r"defensiveness \d+, excuses \d+, doublespeak \d+", arrived.header("Scores"))
    noted = next(line for line in running.log.splitlines() if arrived.header("Id") in line)
    assert "verdict=hold" in noted
    assert "queued as 4TONE" in noted


def test_a_good_mail_is_marked_as_such(hop: NextHop, wire: Wire) -> None:
    wire.send(FINE)
    assert hop.arrived[0].header("Verdict") == "send"
    assert hop.arrived[0].header("Scores").startswith("defensiveness 0")


def test_a_bounce_is_not_judged(hop: NextHop, wire: Wire) -> None:
    assert wire.send(doubled(HELD), sender="").startswith("250")
    assert (hop.arrived[0].header("Verdict"), hop.arrived[0].header("Scores")) == ("send", "")


def test_a_mail_of_which_its_writer_is_sure_is_not_judged(hop: NextHop, wire: Wire) -> None:
    assert wire.send(b"X-Tonecheck: off\r\n" + doubled(HELD)).startswith("250")
    assert (hop.arrived[0].header("Verdict"), hop.arrived[0].header("Scores")) == ("send", "")


def test_no_log_quotes_a_mail(hop: NextHop, running: Running, wire: Wire) -> None:
    wire.send(doubled(HELD.replace(b"Part X", b"Pumpernickel")))
    assert "verdict=hold" in running.log
    for word in ("Pumpernickel", "quotas", "acme.example", "client.example"):
        assert word not in running.log

"""The gate: which mails leave, which are asked about, which stay, whatever goes wrong with us."""

from __future__ import annotations

import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonecheck.checker import Checker
from tonecheck.config import Config
from tonecheck.errors import ConfigError
from tonecheck.hooks.gate import Decision, Verdict, decide, held_copy
from tonecheck.hooks.keep import keep_last, last_file, log_file
from tonecheck.mail.draft import Draft
from tonecheck.report import Finding, Report, Score, Severity, Span

HEAD = "From: jo@acme.example\r\nTo: Ann <ann@client.example>\r\nSubject: The pump\r\n"
BAD = (
    "Hi Ann,\r\n\r\nAs I already explained, you failed to read the manual. We regret any inconvenience this may "
    "have caused, and appropriate measures will be taken in due course.\r\n\r\nKind regards,\r\nJo\r\n"
)
GOOD = (
    "Hi Ann,\r\n\r\nWe sent you the wrong pump. That was my mistake and I'm sorry. Marek brings the right one on "
    "Friday before noon.\r\n\r\nJo\r\n"
)
PATIENT = Config(timeout=60)


def mail(body: str, head: str = HEAD) -> bytes:
    return f"{head}\r\n{body}".encode()


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "tonecheck"


@pytest.fixture
def verdict(checker: Checker) -> Callable[..., Verdict]:
    def of(data: bytes, config: Config = PATIENT, **given: object) -> Verdict:
        decision = decide(data, config=config, check=checker.check, **{"can_ask": False, **given})  # type: ignore[arg-type]
        assert decision.fault is None
        return decision.verdict

    return of


def test_a_good_mail_is_sent_and_a_bad_one_asked_about_or_held(verdict: Callable[..., Verdict]) -> None:
    assert verdict(mail(GOOD)) is Verdict.SEND
    assert verdict(mail(BAD)) is Verdict.HOLD
    assert verdict(mail(BAD), can_ask=True) is Verdict.ASK


def test_the_reason_names_fault_score_limit_and_words(checker: Checker) -> None:
    decision = decide(mail(BAD), config=PATIENT, can_ask=False, check=checker.check)
    assert "\n" not in decision.reason
    assert "defensiveness" in decision.reason
    assert "(limit 50): “" in decision.reason
    assert decision.report is not None
    assert decision.report.score("defensiveness") > 50  # type: ignore[operator]


def test_limits_are_the_users(verdict: Callable[..., Verdict]) -> None:
    limits = {"defensiveness": 100, "excuses": 100, "doublespeak": 100}
    assert verdict(mail(BAD), Config(limits=limits, timeout=60)) is Verdict.SEND


@pytest.mark.parametrize("value", ["off", "OFF", "  off "])
def test_a_header_lets_one_mail_pass(verdict: Callable[..., Verdict], value: str) -> None:
    assert verdict(mail(BAD, f"{HEAD}x-tonecheck: {value}\r\n")) is Verdict.SEND
    assert verdict(mail(f"X-Tonecheck: off\r\n\r\n{BAD}")) is Verdict.HOLD


@pytest.mark.parametrize(
    ("settings", "recipients", "expected"),
    [
        ({"own_domains": ("acme.example",)}, (), Verdict.HOLD),
        ({"own_domains": ("Client.Example",)}, (), Verdict.SEND),
        ({"own_domains": ("example",)}, (), Verdict.SEND),
        ({"own_domains": ("lient.example",)}, (), Verdict.HOLD),
        ({"own_domains": ("client.example",)}, ("ann@client.example", "bo@other.example"), Verdict.HOLD),
        ({"own_domains": ("acme.example",)}, ("<kim@ACME.example>",), Verdict.SEND),
        ({"own_domains": ("acme.example",)}, ("postmaster",), Verdict.HOLD),
        ({"clients": ("client.example",)}, (), Verdict.HOLD),
        ({"clients": ("@client.example",)}, (), Verdict.HOLD),
        ({"clients": ("ANN@client.example",)}, (), Verdict.HOLD),
        ({"clients": ("bo@client.example",)}, (), Verdict.SEND),
        ({"clients": ("other.example",)}, ("ann@client.example",), Verdict.SEND),
        ({"clients": ("other.example",)}, ("ann@client.example", "bo@eu.other.example"), Verdict.HOLD),
    ],
)
def test_only_mail_to_clients_is_checked(
    verdict: Callable[..., Verdict],
    settings: dict[str, tuple[str, ...]],
    recipients: tuple[str, ...],
    expected: Verdict,
) -> None:
    assert verdict(mail(BAD), Config(timeout=60, **settings), recipients=recipients) is expected  # type: ignore[arg-type]


def test_every_recipient_header_counts_and_without_any_the_mail_is_checked(
    verdict: Callable[..., Verdict],
) -> None:
    config = Config(own_domains=("acme.example",), timeout=60)
    inside = HEAD.replace("client.example", "acme.example")
    assert verdict(mail(BAD, inside), config) is Verdict.SEND
    assert verdict(mail(BAD, inside + "Bcc: Bo\r\n <bo@client.example>\r\n"), config) is Verdict.HOLD
    assert verdict(mail(BAD, "From: jo@acme.example\r\nSubject: x\r\n"), config) is Verdict.HOLD


def report(score: int, span: Span | None) -> Report:
    finding = Finding("r/x", "D.edge", span or Span(0, 0), "m", "w", Severity.CLEAR, 1.0)
    return Report(text="With respect.", findings=(finding,), scores=(Score("defensiveness", score),))


@pytest.mark.parametrize(
    ("score", "span", "expected"),
    [
        (51, Span(0, 4), Verdict.HOLD),
        (50, Span(0, 4), Verdict.SEND),
        (99, Span(4, 5), Verdict.SEND),
        (99, None, Verdict.SEND),
    ],
)
def test_nothing_is_held_unless_a_finding_names_the_words(
    score: int, span: Span | None, expected: Verdict
) -> None:
    decision = decide(mail(BAD), config=PATIENT, can_ask=False, check=lambda _: report(score, span))
    assert decision.verdict is expected


def broken(_draft: Draft) -> Report:
    raise KeyError("As I already explained, you failed")


def refused(_draft: Draft) -> Report:
    raise ConfigError("/home/jo/.tonecheck.toml: no rule or fault is called “exuses”")


@pytest.mark.parametrize(
    ("check", "told"),
    [(broken, "KeyError at test_gate.py:"), (refused, "no rule or fault is called “exuses”")],
)
def test_a_fault_of_ours_sends_and_is_logged_without_the_mails_text(
    check: Callable[[Draft], Report], told: str, state: Path
) -> None:
    decision = decide(mail(BAD), config=PATIENT, can_ask=True, check=check)
    assert decision.verdict is Verdict.SEND
    assert told in (decision.fault or "")
    assert told in decision.reason
    held = decide(mail(BAD), config=Config(on_fault="hold"), can_ask=True, check=check)
    assert held.verdict is Verdict.HOLD
    log = log_file().read_text("utf8")
    assert log_file().parent == state
    assert stat.S_IMODE(log_file().stat().st_mode) == 0o600
    assert len(log.splitlines()) == 2
    assert "explained" not in log
    assert told in log


def test_a_check_that_takes_too_long_sends(state: Path) -> None:
    end = threading.Event()

    def slow(_draft: Draft) -> Report:
        end.wait(60)
        return Report(text="")

    decision = decide(mail(BAD), config=Config(timeout=0.05), can_ask=False, check=slow)
    end.set()
    assert decision.verdict is Verdict.SEND
    assert decision.fault == "tonecheck took longer than 0.05 seconds"


def test_a_mail_that_cannot_be_read_is_sent_unchecked_and_says_so() -> None:
    decision = decide(f"{HEAD}\r\nSorry\0.\r\n".encode(), config=PATIENT, can_ask=False)
    assert decision.verdict is Verdict.SEND
    assert "NUL" in (decision.fault or "")


def test_without_a_state_folder_the_mail_still_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert decide(mail(BAD), config=PATIENT, can_ask=False, check=broken).verdict is Verdict.SEND
    keep_last("x")
    with pytest.raises(OSError, match="file"):
        held_copy(mail(BAD))


@given(st.binary(max_size=300), st.lists(st.text(max_size=30), max_size=3))
def test_whatever_the_bytes_and_recipients_there_is_a_decision(data: bytes, recipients: list[str]) -> None:
    decision = decide(
        data, config=PATIENT, recipients=recipients, can_ask=False, check=lambda d: Report(d.text)
    )
    assert isinstance(decision, Decision)
    assert decision.verdict is Verdict.SEND


def test_a_held_mail_and_the_last_report_are_safe_and_private(state: Path) -> None:
    data = mail(BAD) + bytes(range(256))
    first, second = held_copy(data), held_copy(data)
    keep_last("first\n")
    keep_last("second\n")
    assert first != second
    assert first.parent == state / "held"
    assert first.read_bytes() == second.read_bytes() == data
    assert last_file().read_text("utf8") == "second\n"
    assert {stat.S_IMODE(p.stat().st_mode) for p in (first, second, last_file())} == {0o600}
    assert stat.S_IMODE(first.parent.stat().st_mode) == 0o700
    assert sorted(p.name for p in state.iterdir()) == ["held", "last.txt"]

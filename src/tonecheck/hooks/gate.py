"""The gate: whether a mail may leave as it stands. It never changes one, and never raises.

Every hook asks here, so that the rules stand once: only mail to clients is checked, nothing is
held unless a finding names the words, and a fault of ours lets the mail go and says so.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tonecheck.config import Config
from tonecheck.errors import TonecheckError
from tonecheck.hooks.keep import held_copy, log_fault
from tonecheck.mail.addresses import RECIPIENT_HEADERS, addresses_in, is_among
from tonecheck.mail.draft import Draft
from tonecheck.mail.message import draft_of_bytes
from tonecheck.mail.parts import head_of
from tonecheck.report import FAULTS, Finding, Report

__all__ = ["Decision", "Verdict", "decide", "held_copy", "left_behind"]

PASS_HEADER = "X-Tonecheck"
LONGEST_QUOTE = 60
CHECK = "tonecheck check"

Check = Callable[[Draft], Report]


class Verdict(StrEnum):
    """What to do with the mail: send it, ask the writer first, or hold it back."""

    SEND = "send"
    ASK = "ask"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict on one mail, and the reason in one line for a person.

    `report` is None where nothing was checked. `fault` says what went wrong on our side, without
    the mail's text.
    """

    verdict: Verdict
    reason: str
    report: Report | None = None
    fault: str | None = None


def decide(
    mail: bytes,
    *,
    config: Config,
    recipients: Sequence[str] = (),
    can_ask: bool,
    check: Check | None = None,
) -> Decision:
    """Whether the mail may leave; `recipients` are the envelope's, else those of its headers count.

    Takes at most `config.timeout` seconds and never raises: a fault of ours is logged, without the
    mail's text, and the mail goes, or is held under `on_fault = "hold"`.
    """
    try:
        return _decision(mail, config, recipients, can_ask, check)
    except Exception as error:
        fault = _fault_in(error, config)
        log_fault(fault)
        if config.on_fault == "hold":
            return Decision(Verdict.HOLD, f"held, because it could not be checked: {fault}", fault=fault)
        return Decision(Verdict.SEND, f"sent unchecked: {fault}", fault=fault)


def _decision(
    mail: bytes, config: Config, recipients: Sequence[str], can_ask: bool, check: Check | None
) -> Decision:
    head = head_of(mail)
    if str(head.get(PASS_HEADER, "")).strip().lower() == "off":
        return Decision(Verdict.SEND, f"not checked: its header says “{PASS_HEADER}: off”")
    if not _is_for_a_client(recipients or addresses_in(head, *RECIPIENT_HEADERS), config):
        return Decision(Verdict.SEND, "not checked: no client is among its recipients")
    report = _in_time(lambda: _report(mail, config, check), config.timeout)
    over = [named for fault in FAULTS if (named := _named(report, fault, config)) is not None]
    if not over:
        return Decision(Verdict.SEND, "nothing in it is above the limit", report)
    return Decision(Verdict.ASK if can_ask else Verdict.HOLD, _reason(report, over, config), report)


def _is_for_a_client(recipients: Iterable[str], config: Config) -> bool:
    """Whether one of the recipients is a client; without recipients the mail counts as for one."""
    names = [recipient.strip().strip("<>").casefold() for recipient in recipients]
    if config.clients:
        return not names or any(is_among(name, config.clients) for name in names)
    return not names or any(not is_among(name, config.own_domains) for name in names)


_one_check_at_a_time = threading.Lock()


def _report(mail: bytes, config: Config, check: Check | None) -> Report:
    draft = draft_of_bytes(mail, name="<mail>")
    if check is not None:
        return check(draft)
    from tonecheck.checker import checker_for
    from tonecheck.rulebook import check_names

    with _one_check_at_a_time:  # a pipeline serves one thread
        check_names(config)
        checker = checker_for(config)
        report = checker.check(draft, plain=False)  # half the time: a mail that passes needs no other words
        is_over = any(_named(report, fault, config) for fault in FAULTS)
        return checker.check(draft) if is_over else report


def _in_time(work: Callable[[], Report], seconds: float) -> Report:
    """What the work gives. Raises TimeoutError once the seconds are over; the work is left behind."""
    done: list[Report | Exception] = []

    def run() -> None:
        try:
            done.append(work())
        except Exception as error:
            done.append(error)

    thread = threading.Thread(target=run, name=CHECK, daemon=True)
    thread.start()
    thread.join(seconds)
    if not done:
        raise TimeoutError
    if isinstance(done[0], Exception):
        raise done[0]
    return done[0]


def left_behind() -> bool:
    """Whether a check that took too long is still running; it may then abort the process at its end."""
    return any(thread.name == CHECK for thread in threading.enumerate())


def _named(report: Report, fault: str, config: Config) -> Finding | None:
    """The gravest finding of a fault that scores above its limit; None where no words are named."""
    if (report.score(fault) or 0) <= config.limit(fault):
        return None
    found = (f for f in report.findings if f.fault == fault and report.words(f.span).strip())
    return max(found, key=lambda f: f.severity, default=None)


def _reason(report: Report, over: Iterable[Finding], config: Config) -> str:
    told = []
    for finding in over:
        words = " ".join(report.words(finding.span).split())
        if len(words) > LONGEST_QUOTE:
            words = words[: LONGEST_QUOTE - 1] + "…"
        score, limit = report.score(finding.fault), config.limit(finding.fault)
        told.append(f"{finding.fault} {score} (limit {limit}): “{words}”")
    return "; ".join(told)


def _fault_in(error: Exception, config: Config) -> str:
    """The fault in one line. A strange exception's own words stay out: they may quote the mail."""
    if isinstance(error, TimeoutError):
        return f"tonecheck took longer than {config.timeout:g} seconds"
    if isinstance(error, TonecheckError):
        return " ".join(str(error).split())
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"tonecheck stopped with {type(error).__name__} at {Path(last.filename).name}:{last.lineno}"

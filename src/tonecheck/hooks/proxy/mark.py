"""What the proxy says about a mail: the header lines that it puts on top, or why it refuses."""

from __future__ import annotations

from aiosmtplib import SMTPResponse

from tonecheck.config import Config
from tonecheck.hooks.gate import Decision, Verdict
from tonecheck.report import FAULTS, Report

__all__ = ["header_lines", "refusal", "scores_of"]


def header_lines(decision: Decision, name: str) -> bytes:
    """`X-Tonecheck-…` lines; `name` is the id under which the proxy's log has the mail."""
    lines = [f"X-Tonecheck-Id: {name}", f"X-Tonecheck-Verdict: {decision.verdict}"]
    if decision.report is not None:
        lines.append(f"X-Tonecheck-Scores: {scores_of(decision.report)}")
    if decision.fault:
        lines.append(f"X-Tonecheck-Fault: {_ascii(decision.fault)}")
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def scores_of(report: Report) -> str:
    """Every fault with its score, or why there are none."""
    if not report.scores:
        return f"none ({report.not_judged})"
    return ", ".join(f"{fault} {report.score(fault)}" for fault in FAULTS)


def refusal(decision: Decision, config: Config, name: str) -> SMTPResponse:
    """The answer to a mail that is held. It quotes no words: mail servers log what they are answered."""
    if decision.verdict is not Verdict.HOLD or decision.report is None:
        return SMTPResponse(451, f"4.7.1 tonecheck could not check this mail; try again later (id {name})")
    over = ", ".join(
        f"{fault} {score} (limit {config.limit(fault)})"
        for fault in FAULTS
        if (score := decision.report.score(fault) or 0) > config.limit(fault)
    )
    return SMTPResponse(
        550,
        f"5.7.1 Held back by tonecheck: {over}. Run tonecheck check on this mail to see the words that "
        f"a client may take amiss. To send it as it is, add the header X-Tonecheck: off (id {name})",
    )


def _ascii(text: str) -> str:
    """The text in one line of ASCII, short enough for a header."""
    return " ".join(text.split()).encode("ascii", "replace").decode()[:400]

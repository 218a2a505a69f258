"""What a person reads about a decision: at once in short, and later with `tonecheck last`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tonecheck.hooks.gate import Decision, Verdict
from tonecheck.hooks.keep import keep_last
from tonecheck.render.text import Style, plain, render_text
from tonecheck.render.wording import review

__all__ = ["keep", "render_decision", "told"]


def render_decision(decision: Decision, *, style: Style = plain, width: int = 80) -> str:
    """Why a mail is held, with the words; nothing where it goes as it should."""
    if decision.fault is not None:
        return f"tonecheck: {decision.reason}\n"
    if decision.verdict is Verdict.SEND or decision.report is None:
        return ""
    report = render_text(decision.report, style=style, width=width, quiet=True)
    return f"{report}\ntonecheck: {decision.reason}\n"


def told(decision: Decision) -> dict[str, Any]:
    """The decision for programs; what was checked comes with its report and the wording for a page."""
    read = {"report": None} if decision.report is None else review(decision.report)
    return {"verdict": decision.verdict, "reason": decision.reason, "fault": decision.fault, **read}


def keep(decision: Decision) -> None:
    """Keep the whole report for `tonecheck last`, where there is one."""
    if decision.report is None:
        return
    moment = datetime.now().strftime("%Y-%m-%d %H:%M")
    told = {Verdict.SEND: "sent", Verdict.ASK: "asked about", Verdict.HOLD: "held"}[decision.verdict]
    keep_last(f"{moment}, {told}: {decision.reason}\n\n{render_text(decision.report)}")

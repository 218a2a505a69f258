"""One's own progress: for nobody else's eyes."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.responses import Response

from tonecheck.coach.grade import skill_name
from tonecheck.coach.own_mail import forget_own, own_faults
from tonecheck.coach.progress import due_of, past_of
from tonecheck.coach.session import commonest_faults
from tonecheck.coach.sharing import sharing
from tonecheck.coach.standing import standings
from tonecheck.coach.web.ask import LEARNER, Ask, Section, page

__all__ = ["SECTION"]


def _progress(ask: Ask) -> Response:
    with ask.recording() as session:
        past, due = past_of(session, ask.who), due_of(session, ask.who)
        own, shares = own_faults(session, ask.who), sharing(session).shares_now(ask.who.id)
    return ask.show(
        "progress.html.j2",
        past=past,
        days=len({one.at.date() for one in past}),
        worst=[skill_name(skill) for skill in commonest_faults(past)],
        standings=standings(past),
        due=due,
        own=own,
        shares=shares,
        now=datetime.now(UTC),
        skill_name=skill_name,
    )


def _forget(ask: Ask) -> Response:
    with ask.recording() as session:
        forget_own(session, ask.who)
    return ask.go("/progress")


SECTION = Section(
    "Progress",
    "/progress",
    LEARNER,
    (page("/progress", _progress), page("/progress/forget", _forget, method="POST")),
)

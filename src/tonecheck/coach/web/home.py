"""Where a learner comes in: what is due, and where to begin."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.responses import Response

from tonecheck.coach import reviewing
from tonecheck.coach.progress import due_of, past_of, unfinished_take
from tonecheck.coach.sets import sets_of
from tonecheck.coach.team_cases import listed
from tonecheck.coach.web.ask import LEARNER, TRAINER, Ask, Section, page

__all__ = ["SECTION"]


def _home(ask: Ask) -> Response:
    with ask.recording() as session:
        past, due = past_of(session, ask.who), due_of(session, ask.who)
        take = unfinished_take(session, ask.who)
        sets = sets_of(session, ask.who)
        waiting = listed(session, ask.who, reviewing.TO_REVIEW, 0)[0] if ask.may(TRAINER) else 0
    now = datetime.now(UTC)
    ready = sum(at <= now for at in due.values())
    following = min((at for at in due.values() if at > now), default=None)
    return ask.show(
        "home.html.j2",
        ready=ready,
        following=following,
        is_new=not past,
        take=take,
        sets=sets,
        waiting=waiting,
    )


SECTION = Section("Today", "/", LEARNER, (page("/", _home),))

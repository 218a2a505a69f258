"""Where a learner comes in: what is due, and where to begin."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.responses import Response

from tonecheck.coach.progress import due_of, past_of, unfinished_take
from tonecheck.coach.sets import sets_of
from tonecheck.coach.web.ask import LEARNER, Ask, Section, page

__all__ = ["SECTION"]


def _home(ask: Ask) -> Response:
    with ask.recording() as session:
        past, due = past_of(session, ask.who), due_of(session, ask.who)
        take = unfinished_take(session, ask.who)
        sets = sets_of(session, ask.who)
    now = datetime.now(UTC)
    ready = sum(at <= now for at in due.values())
    following = min((at for at in due.values() if at > now), default=None)
    return ask.show("home.html.j2", ready=ready, following=following, is_new=not past, take=take, sets=sets)


SECTION = Section("Today", "/", LEARNER, (page("/", _home),))

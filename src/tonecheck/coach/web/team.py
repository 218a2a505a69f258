"""The trainer's pages: where the team stands, sets, invitations, divided examples; and taking one up."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import lru_cache

from starlette.exceptions import HTTPException
from starlette.responses import Response

from tonecheck.coach.before_after import group_changes, pairs_of_team
from tonecheck.coach.divided import answers_of_team, divided
from tonecheck.coach.inviting import VALID, accept, invite, open_invitations
from tonecheck.coach.learners import learners, name_key
from tonecheck.coach.reading import built_in_cases
from tonecheck.coach.session import practice_cases
from tonecheck.coach.sets import make_set, remove_set, sets, standing_of
from tonecheck.coach.sharing import share, sharing, stop_sharing
from tonecheck.coach.team import AREAS, Figure, figures, shared_records, tries_of_team
from tonecheck.coach.team_tables import FIGURE, PASSAGE, area_name, figure_rows, passage_rows, written
from tonecheck.coach.web.ask import LEARNER, TRAINER, Ask, Section, page
from tonecheck.coach.web.door import let_in
from tonecheck.errors import RecordError

__all__ = ["SECTION"]

MIDNIGHT = time(23, 59, 59)


def _team(ask: Ask, status: int = 200, **fields: object) -> Response:
    now = datetime.now(UTC)
    with ask.recording() as session:
        found = figures(tries_of_team(session), now)
        shared = shared_records(session)
        shown = {
            "standings": [standing_of(session, row) for row in sets(session)],
            "changes": group_changes(pairs_of_team(session, built_in_cases())),
        }
    cases = practice_cases(ask.desk.cases())
    plots = _plots(found)
    return ask.show(
        "team.html.j2",
        status,
        figures=found,
        plots=plots,
        area=area_name,
        areas=[area for area in AREAS if any(area in one.areas for one in shared)],
        shared=shared,
        cases=cases,
        **shown,
        **fields,
    )


@lru_cache(2)
def _plots(found: tuple[Figure, ...]) -> tuple[str, ...]:
    """The plots as elements of the page; none without figures or without matplotlib: the table tells all.

    To draw them takes a second or two, and they change once a week.
    """
    if not found:
        return ()
    try:
        from tonecheck.coach.team_plots import fault_plot, move_plot
    except ModuleNotFoundError:
        return ()
    return fault_plot(found), move_plot(found)


def _people(ask: Ask, status: int = 200, **fields: object) -> Response:
    """Who is here, and who was asked to come; what anybody does stays theirs."""
    with ask.recording() as session:
        people, asked = learners(session), open_invitations(session, datetime.now(UTC))
    return ask.show("people.html.j2", status, people=people, invitations=asked, **fields)


def _invite(ask: Ask) -> Response:
    """The code is shown once, in the answer, and kept nowhere."""
    now = datetime.now(UTC)
    try:
        with ask.recording() as session:
            code = invite(session, ask.text("name"), now)
    except RecordError as error:
        return _people(ask, 400, problem=f"{error}.", invited=ask.text("name"))
    return ask.show(
        "invited.html.j2",
        name=ask.text("name"),
        code=code,
        until=(now + VALID).astimezone(),
        address=str(ask.request.url.replace(path="/invitation")),
    )


def _new_set(ask: Ask) -> Response:
    typed = {
        **{name: ask.text(name) for name in ("title", "deadline", "names")},
        "chosen": ask.texts("case"),
    }
    try:
        day = date.fromisoformat(ask.text("deadline"))
    except ValueError:
        return _team(ask, 400, problem="The last day is a date, such as 2027-03-31.", **typed)
    deadline = datetime.combine(day, MIDNIGHT).astimezone()
    names = [name for name in ask.text("names").splitlines() if name.strip()]
    try:
        with ask.recording() as session:
            make_set(
                session,
                ask.text("title"),
                ask.texts("case"),
                ask.desk.cases(),
                deadline=deadline,
                now=datetime.now(UTC),
                names=names,
            )
    except RecordError as error:
        return _team(ask, 400, problem=f"{error}.", **typed)
    return ask.go("/team")


def _remove_set(ask: Ask) -> Response:
    try:
        with ask.recording() as session:
            remove_set(session, ask.path["number"])
    except RecordError as error:
        raise HTTPException(404, f"{error}.") from None
    return ask.go("/team")


def _divided(ask: Ask) -> Response:
    with ask.recording() as session:
        found = divided(ask.desk.cases(), answers_of_team(session))
    return ask.show("divided.html.j2", passages=found)


def _download_team(ask: Ask) -> Response:
    with ask.recording() as session:
        found = figures(tries_of_team(session), datetime.now(UTC))
    return _csv("team", written(figure_rows(found), FIGURE, "csv"))


def _download_divided(ask: Ask) -> Response:
    with ask.recording() as session:
        found = divided(ask.desk.cases(), answers_of_team(session))
    return _csv("divided", written(passage_rows(found), PASSAGE, "csv"))


def _csv(name: str, text: str) -> Response:
    head = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(text, media_type="text/csv", headers=head)


def _ask_join(ask: Ask) -> Response:
    return ask.show("invitation.html.j2")


def _join(ask: Ask) -> Response:
    """Somebody invited comes in; wrong codes are as unlikely as their many letters, and counted too."""
    name = ask.text("name")
    waits = ask.desk.tries.wait(name_key(name))
    if waits:
        problem = f"Too many wrong tries. Wait {waits / 60 + 0.5:.0f} minutes, then try again."
        return ask.show("invitation.html.j2", 429, problem=problem, name=name)
    try:
        if ask.text("passphrase") != ask.text("repeated"):
            raise RecordError("the two passphrases differ; write them once more")
        with ask.recording() as session:
            learner = accept(session, name, ask.text("code"), ask.text("passphrase"), datetime.now(UTC))
    except RecordError as error:
        return ask.show("invitation.html.j2", 403, problem=f"{error}.", name=name, code=ask.text("code"))
    ask.desk.tries.was_right(name_key(name))
    return let_in(ask, learner, lambda inside: inside.go("/"))


def _sharing(ask: Ask) -> Response:
    with ask.recording() as session:
        shares = sharing(session).shares_now(ask.who.id)
    return ask.show("sharing.html.j2", shares=shares)


def _change_sharing(ask: Ask) -> Response:
    with ask.recording() as session:
        change = share if ask.text("share") == "yes" else stop_sharing
        change(session, ask.who, datetime.now(UTC))
    return ask.go("/sharing")


SECTION = Section(
    "Team",
    "/team",
    TRAINER,
    (
        page("/team", _team, TRAINER),
        page("/team/people", _people, TRAINER),
        page("/team/invite", _invite, TRAINER, "POST"),
        page("/team/sets", _new_set, TRAINER, "POST"),
        page("/team/sets/{number:int}/remove", _remove_set, TRAINER, "POST"),
        page("/team/divided", _divided, TRAINER),
        page("/team/team.csv", _download_team, TRAINER),
        page("/team/divided.csv", _download_divided, TRAINER),
        page("/invitation", _ask_join, None),
        page("/invitation", _join, None, "POST"),
        page("/sharing", _sharing, LEARNER),
        page("/sharing", _change_sharing, LEARNER, "POST"),
    ),
)

"""The coach's web application: its sections, its templates, and what goes wrong said plainly."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from tonecheck.coach.case import Case
from tonecheck.coach.store import Record
from tonecheck.coach.web import cases as team_cases
from tonecheck.coach.web import door, home, measuring, own, practice, team
from tonecheck.coach.web.ask import Ask, Desk
from tonecheck.coach.web.letters import gist
from tonecheck.coach.web.tries import Tries
from tonecheck.coach.web.visits import Visits
from tonecheck.config import Config
from tonecheck.errors import RecordError
from tonecheck.render.wording import MOVE_NAMES, TYPE_NAMES
from tonecheck.report import FAULT_LETTERS, MOVES, TYPES
from tonecheck.serve.guard import FORM_HEADERS, Guard

__all__ = ["SECTIONS", "application", "desk_for"]

HERE = Path(__file__).parent
# In the order of the navigation.
SECTIONS = (
    home.SECTION, practice.SECTION, measuring.SECTION, own.SECTION, team_cases.SECTION, team.SECTION, door.SECTION
)  # fmt: skip


def desk_for(
    record: Record, cases: Callable[[], tuple[Case, ...]], config: Config, *, secure: bool = False
) -> Desk:
    """What the pages share, with a new key for setting up."""
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    templates.globals.update(
        FAULT_LETTERS=FAULT_LETTERS,
        TYPES=TYPES,
        TYPE_NAMES=TYPE_NAMES,
        MOVES=MOVES,
        MOVE_NAMES=MOVE_NAMES,
        gist=gist,
    )
    key = secrets.token_urlsafe(16)
    return Desk(record, cases, config, key, templates, Visits(), Tries(), SECTIONS, secure)


def application(desk: Desk, hosts: frozenset[str], *, log: bool = False) -> Guard:
    """The whole application, ready for a server; `hosts` are the names that it answers to."""
    files = [Route(f"/static/{path.name}", _file(path)) for path in sorted((HERE / "static").iterdir())]
    app = Starlette(
        routes=[*files, *(route for section in desk.sections for route in section.routes)],
        exception_handlers={HTTPException: _refused, RecordError: _not_kept, Exception: _failed},
    )
    app.state.desk = desk
    return Guard(app, None, hosts, log, FORM_HEADERS, "tonecheck coach serve")


def _file(path: Path) -> Callable[[Request], Response]:
    def send(_request: Request) -> Response:
        return FileResponse(path)

    return send


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    told = "There is no such page." if error.status_code == 404 else error.detail
    response = _told(request, error.status_code, told)
    response.headers.update(error.headers or {})
    return response


def _not_kept(request: Request, error: Exception) -> Response:
    """The record could not be read or written: what was typed stays in the page, to be sent once more."""
    ask: Ask | None = getattr(request.state, "ask", None)
    if ask is None or request.method != "POST":
        return _told(request, 503, f"{error}.")
    told = f"This is not kept yet. {error}."
    return ask.show("again.html.j2", 503, told=told, again=request.url.path, held=ask.held("token"))


def _failed(request: Request, _error: Exception) -> Response:
    return _told(request, 500, "tonecheck failed on this; the terminal that runs it says where.")


def _told(request: Request, status: int, told: str) -> Response:
    ask: Ask | None = getattr(request.state, "ask", None)
    desk: Desk = request.app.state.desk
    made = desk.templates.get_template("told.html.j2").render(ask=ask, told=told)
    return Response(made, status, media_type="text/html")

"""What a page is given, and how a page becomes a route: signed in, in its role, its form unforged."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote

from jinja2 import Environment
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tonecheck.coach.case import Case
from tonecheck.coach.learners import LEARNER, TRAINER, learners
from tonecheck.coach.store import Record, recording
from tonecheck.coach.tables import Learner
from tonecheck.coach.web.tries import Tries
from tonecheck.coach.web.visits import Visit, Visits
from tonecheck.config import Config

__all__ = ["COOKIE", "LEARNER", "TRAINER", "Ask", "Desk", "Section", "give_cookie", "page"]

COOKIE = "tonecheck-coach"
MAX_FORM = 1_000_000  # bytes
MAX_FIELDS = 2000


@dataclass(frozen=True, slots=True)
class Desk:
    """What all pages of one server share. `key` lets in whoever sets up the first trainer."""

    record: Record
    cases: Callable[[], tuple[Case, ...]]
    config: Config
    key: str
    templates: Environment
    visits: Visits
    tries: Tries
    sections: tuple[Section, ...]
    secure: bool = False  # whether browsers reach it by https only

    @property
    def is_set_up(self) -> bool:
        """Whether there is a trainer, who can invite others."""
        with recording(self.record) as session:
            return any(one.role == TRAINER and one.secret for one in learners(session))


@dataclass(frozen=True, slots=True)
class Section:
    """Some pages, and under which name and path the navigation leads there: for whom, None for nobody."""

    name: str
    path: str
    role: str | None
    routes: Sequence[Route]


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: who asks, and the fields of the form that was sent, if one was."""

    desk: Desk
    request: Request
    visit: Visit
    learner: Learner | None
    form: FormData

    @property
    def who(self) -> Learner:
        """The learner or trainer who is signed in; a page with a role has one."""
        assert self.learner is not None
        return self.learner

    @property
    def path(self) -> Mapping[str, Any]:
        """What the route's path holds in braces."""
        return self.request.path_params

    def text(self, name: str) -> str:
        """A field's text with plain line ends; empty if it was not sent."""
        value = self.form.get(name, "")
        return value.replace("\r\n", "\n") if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """All values of a field that may be sent several times."""
        return [value for value in self.form.getlist(name) if isinstance(value, str)]

    def held(self, *without: str) -> list[tuple[str, str]]:
        """All fields but these, to be sent once more."""
        return [(n, v) for n, v in self.form.multi_items() if n not in without and isinstance(v, str)]

    @contextmanager
    def recording(self) -> Iterator[Session]:
        """The training record, kept whole at the end or not at all. Raises RecordError."""
        with recording(self.desk.record) as session:
            yield session

    def show(self, template: str, status: int = 200, **fields: Any) -> Response:
        """A page made from a template in `templates`, which knows `ask` besides the fields."""
        made = self.desk.templates.get_template(template).render(ask=self, **fields)
        return HTMLResponse(made, status)

    def go(self, path: str) -> Response:
        """On to another page; what follows every form that did its work."""
        return RedirectResponse(path, 303)

    def may(self, role: str | None) -> bool:
        """Whether somebody in this role is signed in; a trainer may do what learners may."""
        return self.learner is not None and role in {LEARNER, self.learner.role}


Page = Callable[[Ask], Response]


def page(path: str, show: Page, role: str | None = LEARNER, method: str = "GET") -> Route:
    """The route to a page for learners (and trainers), for trainers, or with None for anybody.

    `show` runs in a thread of its own, so it may wait for the record. A POST is refused without the
    visit's token.
    """

    async def endpoint(request: Request) -> Response:
        desk: Desk = request.app.state.desk
        form = FormData(await _fields(request) if method == "POST" else [])
        return await run_in_threadpool(_answered, desk, request, form, show, role)

    return Route(path, endpoint, methods=[method], name=f"{method} {path}")


def _answered(desk: Desk, request: Request, form: FormData, show: Page, role: str | None) -> Response:
    known = desk.visits.of(request.cookies.get(COOKIE))
    visit = known or desk.visits.begin()
    learner = None
    if visit.learner is not None:
        with recording(desk.record) as session:
            learner = session.get(Learner, visit.learner)
    ask = Ask(desk, request, visit, learner, form)
    request.state.ask = ask
    response = _guarded(ask, show, role, is_known=known is not None)
    if known is None and "set-cookie" not in response.headers:
        give_cookie(response, visit, desk)
    return response


def _guarded(ask: Ask, show: Page, role: str | None, *, is_known: bool) -> Response:
    is_form = ask.request.method == "POST"
    if role is not None and ask.learner is None:
        if is_form:  # nothing that was typed is lost: it goes along through signing in
            return ask.show("sign-in.html.j2", 401, again=ask.request.url.path, held=ask.held("token"))
        return ask.go(f"/sign-in?then={quote(ask.request.url.path)}")
    if is_form and not (is_known and secrets.compare_digest(ask.text("token"), ask.visit.token)):
        raise HTTPException(403, "This form did not come from a page of yours, or the page is too old.")
    if role is not None and not ask.may(role):
        raise HTTPException(403, "This page is for trainers.")
    return show(ask)


def give_cookie(response: Response, visit: Visit, desk: Desk) -> None:
    """The cookie that names the visit; it ends with the browser."""
    response.set_cookie(COOKIE, visit.id, httponly=True, samesite="strict", secure=desk.secure)


async def _fields(request: Request) -> list[tuple[str, str | UploadFile]]:
    """The fields of a form, read only as far as it may be long."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415, "This page takes its own forms only.")
    body, length = bytearray(), 0
    try:
        async for chunk in request.stream():
            length += len(chunk)
            if length <= MAX_FORM:
                body += chunk
            elif length > 4 * MAX_FORM:  # until then it is read to its end, so that the browser hears why
                break
        if length > MAX_FORM:
            told = f"This is more than {MAX_FORM:,} bytes; shorten it."
            raise HTTPException(413, told, {"Connection": "close"})
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
        return list(fields)
    except ClientDisconnect:
        raise HTTPException(400, "The request broke off.") from None
    except ValueError:
        raise HTTPException(400, "This form cannot be read.") from None

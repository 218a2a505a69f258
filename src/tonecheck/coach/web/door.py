"""The door: signing in and out, and the first trainer."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from tonecheck.coach.learners import TRAINER, join, learner_named, name_key, sign_in, take_passphrase
from tonecheck.coach.tables import Learner
from tonecheck.coach.web.ask import Ask, Section, give_cookie, page
from tonecheck.errors import RecordError

__all__ = ["SECTION", "let_in"]

HELD = "held-"  # before the names of the fields that go along through signing in


def let_in(ask: Ask, learner: Learner, answer: Callable[[Ask], Response]) -> Response:
    """The answer to somebody who has shown who they are, in a new visit, so that no old cookie gets in."""
    ask.desk.visits.end(ask.visit)
    inside = replace(ask, visit=ask.desk.visits.begin(learner.id), learner=learner)
    response = answer(inside)
    give_cookie(response, inside.visit, ask.desk)
    return response


def _ask_who(ask: Ask) -> Response:
    if ask.learner is not None:
        return ask.go("/")
    then = ask.request.query_params.get("then", "/")
    return ask.show("sign-in.html.j2", then=then, is_set_up=ask.desk.is_set_up)


def _sign_in(ask: Ask) -> Response:
    name = ask.text("name")
    waits = ask.desk.tries.wait(name_key(name))
    if waits:
        problem = f"Too many wrong tries. Wait {waits / 60 + 0.5:.0f} minutes, then try again."
        return ask.show("sign-in.html.j2", 429, problem=problem, **_kept(ask))
    try:
        with ask.recording() as session:
            learner = sign_in(session, name, ask.text("passphrase"), openly=False)
    except RecordError as error:
        return ask.show("sign-in.html.j2", 403, problem=f"{error}.", **_kept(ask))
    ask.desk.tries.was_right(name_key(name))
    return let_in(ask, learner, _go_on)


def _kept(ask: Ask) -> dict[str, Any]:
    held = [(name[len(HELD) :], value) for name, value in ask.held() if name.startswith(HELD)]
    return {"name": ask.text("name"), "then": ask.text("then"), "again": ask.text("again"), "held": held}


def _go_on(ask: Ask) -> Response:
    """To the page that was asked for, or to the form that could not be taken before signing in."""
    if ask.text("again"):
        return ask.show("again.html.j2", told="You are signed in again.", **_kept(ask))
    then = ask.text("then")
    return ask.go(then if then.startswith("/") and then[1:2] not in {"/", "\\"} else "/")


def _sign_out(ask: Ask) -> Response:
    ask.desk.visits.end(ask.visit)
    return ask.go("/sign-in")


def _ask_first(ask: Ask) -> Response:
    return ask.show("set-up.html.j2", key=ask.request.query_params.get("key", ""))


def _set_up(ask: Ask) -> Response:
    """The first trainer, named by whoever has read the terminal; their record so far stays theirs."""
    name, passphrase, key = (ask.text(field) for field in ("name", "passphrase", "key"))
    try:
        if not secrets.compare_digest(key.encode(), ask.desk.key.encode()):
            raise RecordError("this address is an old one; take the one that the terminal shows now")
        if passphrase != ask.text("repeated"):
            raise RecordError("the two passphrases differ; write them once more")
        if ask.desk.is_set_up:
            raise RecordError("there is a trainer already; sign in")
        with ask.recording() as session:
            learner = learner_named(session, name)
            if learner is None or learner.secret is not None:
                learner = join(session, name, passphrase, TRAINER)
            else:
                take_passphrase(learner, passphrase)
                learner.role = TRAINER
    except RecordError as error:
        return ask.show("set-up.html.j2", 403, problem=f"{error}.", name=name, key=key)
    return let_in(ask, learner, lambda inside: inside.go("/"))


SECTION = Section(
    "Sign in",
    "/sign-in",
    None,
    (
        page("/sign-in", _ask_who, None),
        page("/sign-in", _sign_in, None, "POST"),
        page("/sign-out", _sign_out, None, "POST"),
        page("/set-up", _ask_first, None),
        page("/set-up", _set_up, None, "POST"),
    ),
)

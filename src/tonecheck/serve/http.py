"""The web page and its API on one port: `tonecheck serve`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from tonecheck import __version__
from tonecheck.config import Config
from tonecheck.errors import TonecheckError
from tonecheck.report import Report
from tonecheck.serve.checking import aside, check, draft_from
from tonecheck.serve.explained import explained
from tonecheck.serve.guard import Guard, refusal
from tonecheck.serve.openapi import document, page

__all__ = ["MAX_BODY", "Gate", "application"]

PAGE = Path(__file__).parent / "page"
# Two texts at their longest, each character escaped as a pair of surrogates, and some room.
MAX_BODY = 2_500_000
FIELDS = ("text", "client")
OUTLOOK = Path(__file__).parent / "outlook"
# Decides on the fields of a compose window; hooks stand above this room, so the caller brings it.
Gate = Callable[[Mapping[str, Any], Config], Mapping[str, Any]]
Endpoint = Callable[[Request], Awaitable[Response]]


def application(config: Config, *, token: str, hosts: frozenset[str], gate: Gate, log: bool = False) -> Guard:
    """The whole application, ready for a server; `hosts` are the names that it answers to."""
    door = _Door(config, gate)
    folders = (PAGE, OUTLOOK)
    files = [Route(f"/{f.name}/{path.name}", _file(path)) for f in folders for path in sorted(f.iterdir())]
    app = Starlette(
        routes=[
            Route("/", _file(PAGE / "index.html")),
            Route("/page/wording.js", _wording),
            Route("/outlook/manifest.xml", _outlook_manifest),
            Route("/outlook/settings.js", door.outlook_settings),
            *files,
            Route("/openapi.json", _openapi),
            Route("/api", _openapi_page),
            Route("/api/check", door.check, methods=["POST"]),
            Route("/api/review", door.review, methods=["POST"]),
            Route("/api/gate", door.gate, methods=["POST"]),
            Route("/api/rules/{name:path}", door.rule),
        ],
        exception_handlers={HTTPException: _refused, TonecheckError: _mistaken},
    )
    return Guard(app, token, hosts, log)


@dataclass(frozen=True, slots=True)
class _Door:
    """The endpoints, under the settings that hold for this server."""

    config: Config
    decide: Gate

    async def check(self, request: Request) -> Response:
        """The report as schema 1."""
        return JSONResponse((await self._report(request)).to_dict())

    async def review(self, request: Request) -> Response:
        """The report with the wording that a page shows beside it."""
        from tonecheck.render.wording import review

        return JSONResponse(review(await self._report(request)))

    async def gate(self, request: Request) -> Response:
        """Whether the letter in a compose window may go, as every hook decides it."""
        fields = _parsed(await _body(request))
        if not isinstance(fields, dict):
            raise HTTPException(400, 'send an object with the letter: {"to": ["…"], "body": "…"}')
        return JSONResponse(await asyncio.to_thread(self.decide, fields, self.config))

    async def outlook_settings(self, _request: Request) -> Response:
        """How long Outlook's add-in waits; the gate keeps the time itself, and can say more about it."""
        return Response(f"const SECONDS = {self.config.timeout + 1:g};\n", media_type="text/javascript")

    async def rule(self, request: Request) -> Response:
        """Why a rule marks what it marks."""
        try:
            return JSONResponse(await aside(explained, request.path_params["name"], self.config))
        except TonecheckError as error:
            return refusal(404, str(error))

    async def _report(self, request: Request) -> Report:
        fields = _fields(await _body(request))
        draft = await aside(draft_from, fields["text"], fields.get("client"))
        return await aside(check, draft, self.config)


async def _body(request: Request) -> bytes:
    """The request's body, read only as far as it may be long."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(415, "send JSON, with “Content-Type: application/json”")
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                raise HTTPException(
                    413, f"the request is longer than {MAX_BODY:,} bytes", {"Connection": "close"}
                )
    except ClientDisconnect:
        raise HTTPException(400, "the request broke off") from None
    return bytes(body)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        place = (
            f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        )
        raise HTTPException(400, f"the request is not valid JSON{place}") from None


def _fields(body: bytes) -> Mapping[str, str]:
    given = _parsed(body)
    if not isinstance(given, dict) or not isinstance(given.get("text"), str):
        raise HTTPException(400, 'send an object with the draft as a string: {"text": "…"}')
    for key, value in given.items():
        if key not in FIELDS:
            raise HTTPException(400, f"unknown field “{key[:40]}”; known: {', '.join(FIELDS)}")
        if not (isinstance(value, str) or (key == "client" and value is None)):
            raise HTTPException(400, f"“{key}” must be a string")
    return given


def _file(path: Path) -> Endpoint:
    async def send(_request: Request) -> Response:
        return FileResponse(path)

    return send


async def _wording(_request: Request) -> Response:
    """What reports call the moves, for the page."""
    from tonecheck.render.wording import MOVE_NAMES, MOVE_TIPS, NOT_JUDGED

    words = {"MOVE_NAMES": MOVE_NAMES, "MOVE_TIPS": MOVE_TIPS, "NOT_JUDGED": NOT_JUDGED}
    rows = (f"export const {name} = {json.dumps(value)};\n" for name, value in words.items())
    return Response("".join(rows), media_type="text/javascript")


async def _outlook_manifest(request: Request) -> Response:
    """Outlook's add-in under the address that it was asked for by."""
    text = (OUTLOOK / "manifest.xml").read_text("utf8")
    origin = f"{request.url.scheme}://{request.url.netloc}"
    text = text.replace("{origin}", origin).replace("{version}", f"{__version__}.0")
    return Response(text, media_type="application/xml")


async def _openapi(_request: Request) -> Response:
    return JSONResponse(document())


async def _openapi_page(_request: Request) -> Response:
    return Response(page(), media_type="text/html")


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    return refusal(error.status_code, error.detail, headers)


async def _mistaken(_request: Request, error: Exception) -> Response:
    return refusal(400, str(error))

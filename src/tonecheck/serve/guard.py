"""Who may ask, and what every answer carries: the checks before and around the web application."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tonecheck.serve.checking import fault

__all__ = ["FORM_HEADERS", "Guard", "refusal"]

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}

# For pages with forms. Under no-referrer a browser would name no origin with them either.
FORM_HEADERS = {
    **SECURITY_HEADERS,
    "Content-Security-Policy": SECURITY_HEADERS["Content-Security-Policy"].replace(
        "form-action 'none'", "form-action 'self'"
    ),
    "Referrer-Policy": "same-origin",
}

# Outlook shows its add-in in a frame, loads the icons from there, and demands its own script.
OUTLOOK_HEADERS = {
    **{
        k: v
        for k, v in SECURITY_HEADERS.items()
        if k not in {"X-Frame-Options", "Cross-Origin-Opener-Policy"}
    },
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self' https://appsforoffice.microsoft.com; style-src 'self'; "
        "connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors "
        "https://outlook.office.com https://outlook.office365.com https://outlook.live.com "
        "https://outlook.cloud.microsoft"
    ),
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def refusal(status: int, error: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """The answer to a request that is refused: JSON with one clear line."""
    return JSONResponse({"error": error}, status, headers)


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets through what comes from our own pages and tools, with the token where drafts are at stake.

    The Host must be one of `hosts` (a foreign page cannot make its name point here), an Origin must
    be our own, and what lies under /api/ asks for the token, where there is one. A fault of ours is
    logged by its place, never by its words; `log` prints method, path, status and time of each request.
    """

    app: ASGIApp
    token: str | None
    hosts: frozenset[str]
    log: bool = False
    headers: Mapping[str, str] = field(default_factory=lambda: SECURITY_HEADERS)
    command: str = "tonecheck serve"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = perf_counter(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = OUTLOOK_HEADERS if scope["path"].startswith("/outlook/") else self.headers
                MutableHeaders(scope=message).update(own)
            await send(message)

        refused = self._refused(scope["path"], Headers(scope=scope))
        try:
            await (refused or self.app)(scope, receive, sending)
        except Exception as error:
            print(f"{self.command}: a fault of ours: {fault(error)}", file=sys.stderr)
            if not status:
                await refusal(500, "tonecheck failed on this; the terminal says where")(
                    scope, receive, sending
                )
        if self.log:
            took = 1000 * (perf_counter() - began)
            print(f"{scope['method']} {ascii(scope['path'])[1:-1]} {status} {took:.0f} ms", file=sys.stderr)

    def _refused(self, path: str, headers: Headers) -> JSONResponse | None:
        host = headers.get("host", "")
        if _hostname(host) not in self.hosts:
            return refusal(421, f"this is not “{host}”; name it with --name when you start {self.command}")
        origin = headers.get("origin")
        if origin is not None and origin not in {f"http://{host}", f"https://{host}"}:
            return refusal(403, f"a page of {origin} may not ask here")
        if (
            self.token is not None
            and path.startswith("/api/")
            and not self._knows_token(headers.get("authorization", ""))
        ):
            challenge = {"WWW-Authenticate": "Bearer"}
            return refusal(
                401, "the token is missing or wrong; send “Authorization: Bearer TOKEN”", challenge
            )
        return None

    def _knows_token(self, authorization: str) -> bool:
        kind, _, given = authorization.partition(" ")
        right = secrets.compare_digest(given.strip().encode(), (self.token or "").encode())
        return right and kind.lower() == "bearer"


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""

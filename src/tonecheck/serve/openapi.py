"""The API described: as an OpenAPI document for programs, as a page for people."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from tonecheck import __version__
from tonecheck.report import FAULTS, TYPES
from tonecheck.serve.checking import MAX_TEXT

__all__ = ["document", "page"]

TEXT = {"type": "string", "maxLength": MAX_TEXT}
DRAFT = {
    "type": "object",
    "required": ["text"],
    "additionalProperties": False,
    "properties": {
        "text": {**TEXT, "description": "The draft, with the mail it quotes if it quotes one."},
        "client": {
            **TEXT,
            "type": ["string", "null"],
            "description": "The client's message, where the draft does not quote it.",
        },
    },
    "example": {"text": "Apparently Part X is broken.", "client": "Part X leaks!"},
}
OFFER = {
    "type": "object",
    "required": ["words", "note"],
    "properties": {
        "words": {"type": "string", "description": "What the edit offers, ready for a button."},
        "note": {"type": "string", "description": "What the writer has to see to; may be empty."},
    },
}
REVIEW: dict[str, Any] = {
    "type": "object",
    "required": ["report", "offers", "summary"],
    "properties": {
        "report": {"$ref": "#/components/schemas/Report"},
        "offers": {
            "type": "array",
            "items": {"type": "array", "items": OFFER},
            "description": "For each finding, in order, the wording of each of its edits.",
        },
        "summary": {
            "type": "string",
            "description": "One line: how many findings, or why it was not judged.",
        },
    },
}
ADDRESSES = {"type": "array", "items": {"type": "string"}, "description": "Addresses, with names or without."}
LETTER = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "from": {"type": "string", "description": "Who writes it."},
        "to": ADDRESSES,
        "cc": ADDRESSES,
        "bcc": ADDRESSES,
        "subject": {"type": "string", "description": "Its subject."},
        "body": {"type": "string", "description": "What stands in the compose window, quotes and all."},
        "html": {"type": "boolean", "description": "Whether the body is HTML."},
    },
    "example": {"to": ["ann@client.example"], "subject": "Part X", "body": "Apparently Part X is broken."},
}
DECISION = {
    "type": "object",
    "required": ["verdict", "reason", "fault", "report"],
    "properties": {
        "verdict": {
            "enum": ["send", "ask", "hold"],
            "description": "“ask”: its writer should read it again.",
        },
        "reason": {"type": "string", "description": "One line for a person."},
        "fault": {"type": ["string", "null"], "description": "What went wrong on our side."},
        "report": {"anyOf": [{"$ref": "#/components/schemas/Report"}, {"type": "null"}]},
        "offers": REVIEW["properties"]["offers"],
        "summary": {"type": "string"},
    },
}
SPAN = {"type": "integer", "minimum": 0}
RULE = {
    "type": "object",
    "required": ["id", "type", "fault", "why", "severity", "source", "examples", "fine"],
    "properties": {
        "id": {"type": "string"},
        "type": {"enum": list(TYPES)},
        "fault": {"enum": list(FAULTS)},
        "why": {"type": "string", "description": "What a client hears, and what to write instead."},
        "severity": {
            "enum": ["mild", "clear", "strong", None],
            "description": "Null for what the judge hears.",
        },
        "source": {"type": ["string", "null"], "description": "Where the advice comes from."},
        "examples": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["text", "start", "end", "plain", "client"],
                "properties": {
                    "text": {"type": "string"},
                    "start": SPAN,
                    "end": SPAN,
                    "plain": {"type": ["string", "null"]},
                    "client": {"type": ["string", "null"]},
                },
            },
        },
        "fine": {"type": "array", "items": {"type": "string"}, "description": "Sentences that pass."},
    },
}
ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string", "description": "One line that says what to mend."}},
}
REFUSALS = {
    400: "The request is not as described here.",
    401: "The token is missing or wrong.",
    403: "The request comes from a page of another origin.",
    413: "The request is too long.",
    415: "The request is not JSON.",
    421: "The server does not answer to this Host.",
}


@cache
def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document. Offsets in it count code points."""
    schema = (files("tonecheck") / "schema-1.json").read_text("utf8")
    report = json.loads(schema.replace("#/$defs/", "#/components/schemas/"))
    parts = report.pop("$defs")
    for key in ("$schema", "$id"):
        del report[key]
    rule_id = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    missing = {404: "No rule has this id."}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "tonecheck",
            "version": __version__,
            "description": "Reads a reply to an upset client as the client will. Nothing is kept. "
            "Offsets are half-open and count code points, not UTF-16 units.",
        },
        "security": [{"token": []}],
        "paths": {
            "/api/check": {"post": _operation("The report on a draft, as schema 1", "Report", body=DRAFT)},
            "/api/review": {
                "post": _operation("The report, with wording for a page to show", "Review", body=DRAFT)
            },
            "/api/gate": {
                "post": _operation(
                    "Whether a letter may go, as every hook decides it", "Decision", body=LETTER
                )
            },
            "/api/rules/{id}": {
                "get": _operation("Why a rule marks what it marks", "Rule", refusals=missing),
                "parameters": [rule_id],
            },
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "Report": report,
                "Review": REVIEW,
                "Decision": DECISION,
                "Rule": RULE,
                "Error": ERROR,
                **parts,
            },
        },
    }


def _operation(
    summary: str, answer: str, *, body: dict[str, Any] | None = None, refusals: dict[int, str] | None = None
) -> dict[str, Any]:
    said = refusals or {}
    said |= {status: what for status, what in REFUSALS.items() if body or status not in {400, 413, 415}}
    operation: dict[str, Any] = {"summary": summary, "responses": {"200": _response(summary, answer)}}
    operation["responses"] |= {str(status): _response(what, "Error") for status, what in sorted(said.items())}
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return operation


def _response(description: str, schema: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": description, "content": content}


def page() -> str:
    """The document as an HTML page."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("tonecheck", "serve")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    return environment.get_template("api.html.j2").render(api=document())

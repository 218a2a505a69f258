"""`tonecheck mcp`, asked by the SDK's own client over a pipe."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from mcp import Client, StdioServerParameters, stdio_client
from mcp.types import CallToolResult, TextContent, Tool
from serving import FAULTY

from tonecheck.checker import Checker
from tonecheck.mail.draft import draft_of
from tonecheck.render.text import render_text

CLIENT = "Part X leaks. Who pays for the milk?"


@dataclass(frozen=True)
class Talk:
    """What a client of the server was told."""

    tools: dict[str, Tool]
    answers: dict[str, CallToolResult]
    errors: str

    def text(self, name: str) -> str:
        """The text of an answer."""
        (content,) = self.answers[name].content
        assert isinstance(content, TextContent)
        return content.text


CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "check": ("check_draft", {"text": FAULTY, "client": CLIENT}),
    "plainer": ("plainer", {"text": FAULTY}),
    "all": ("plainer", {"text": FAULTY, "unsafe": True}),
    "explain": ("explain_rule", {"rule": "unmet-metric"}),
    "unknown": ("explain_rule", {"rule": "unmet-metrics"}),
    "nul": ("check_draft", {"text": "Zanzibarian\0"}),
    "nothing": ("check_draft", {}),
}


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Talk:
    """One talk with a real server."""
    folder: Path = tmp_path_factory.mktemp("mcp")
    env = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / ".config")}
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "tonecheck", "mcp"], env=env | path(), cwd=folder
    )

    async def ask() -> tuple[dict[str, Tool], dict[str, CallToolResult]]:
        with (folder / "errors.txt").open("w") as errors:
            async with Client(stdio_client(command, errlog=errors)) as client:
                tools = {tool.name: tool for tool in (await client.list_tools()).tools}
                return tools, {name: await client.call_tool(*call) for name, call in CALLS.items()}

    tools, answers = asyncio.run(ask())
    return Talk(tools, answers, (folder / "errors.txt").read_text("utf8"))


def path() -> dict[str, str]:
    """Where Python finds the package, as this process does."""
    return {"PYTHONPATH": os.environ["PYTHONPATH"]} if "PYTHONPATH" in os.environ else {}


def test_there_are_three_tools_and_all_only_read(talk: Talk) -> None:
    assert set(talk.tools) == {"check_draft", "plainer", "explain_rule"}
    for tool in talk.tools.values():
        assert tool.description
        assert tool.annotations is not None
        hints = tool.annotations
        assert (hints.read_only_hint, hints.destructive_hint, hints.open_world_hint) == (True, False, False)


def test_a_draft_is_checked_for_people_and_for_programs(talk: Talk, checker: Checker) -> None:
    report = checker.check(draft_of(FAULTY, client=CLIENT))
    answer = talk.answers["check"]
    assert not answer.is_error
    assert answer.structured_content == report.to_dict()
    jsonschema.validate(
        answer.structured_content, json.loads((files("tonecheck") / "schema-1.json").read_text("utf8"))
    )
    assert talk.text("check") == render_text(report)


def test_plainer_makes_only_safe_edits_unless_asked(talk: Talk, checker: Checker) -> None:
    report = checker.check(draft_of(FAULTY))
    assert talk.text("plainer") == report.plain_safe
    assert talk.text("all") == report.plain != report.plain_safe


def test_a_rule_is_explained(talk: Talk) -> None:
    told = json.loads(talk.text("explain"))
    assert told["id"] == "doublespeak/unmet-metric"
    assert told["source"].startswith("ADVICE 1")


def test_a_mistake_is_one_clear_line_and_nothing_of_the_text_is_logged(talk: Talk) -> None:
    assert talk.answers["unknown"].is_error
    assert "did you mean “doublespeak/unmet-metric”?" in talk.text("unknown")
    assert talk.answers["nul"].is_error
    assert "character 11 is a NUL" in talk.text("nul")
    assert talk.answers["nothing"].is_error
    assert "Zanzibarian" not in talk.errors

"""The MCP server: three tools that read and change nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field

from tonecheck import __version__
from tonecheck.config import Config, load
from tonecheck.errors import TonecheckError
from tonecheck.render.text import render_text
from tonecheck.report import Report
from tonecheck.serve.checking import aside, check, draft_from, fault
from tonecheck.serve.explained import explained

__all__ = ["server"]

T = TypeVar("T")
READS_ONLY = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
Text = Annotated[str, Field(description="The draft of the reply, with the mail it quotes if it quotes one.")]
Client = Annotated[str | None, Field(description="What the client wrote, where the draft does not quote it.")]


def server() -> MCPServer[Any]:
    """The server, under the settings of the folder it starts in. Raises TonecheckError for a wrong one."""
    config = load()
    made = MCPServer(
        "tonecheck",
        version=__version__,
        instructions="Checks a reply to an upset client for defensiveness, excuses and doublespeak. "
        "Runs on this machine and keeps nothing.",
        log_level="ERROR",
    )

    @made.tool(title="Check a draft", annotations=READS_ONLY)
    async def check_draft(text: Text, client: Client = None) -> CallToolResult:
        """Read a reply to an upset client as the client will: scores from 0 to 100 for defensiveness,
        excuses and doublespeak, the very words that carry them and why, edits, and what is missing."""
        report: Report = await _done(_checked, text, client, config)
        content = TextContent(type="text", text=render_text(report))
        return CallToolResult(content=[content], structured_content=report.to_dict())

    @made.tool(title="Say it in plainer words", annotations=READS_ONLY, structured_output=False)
    async def plainer(
        text: Text,
        client: Client = None,
        unsafe: Annotated[
            bool, Field(description="Also make edits that assert something; the writer must agree to them.")
        ] = False,
    ) -> str:
        """The draft in plainer words. Only noise goes, unless unsafe edits are asked for."""
        report: Report = await _done(_checked, text, client, config)
        return report.plain if unsafe else report.plain_safe

    @made.tool(title="Explain a rule", annotations=READS_ONLY, structured_output=False)
    async def explain_rule(
        rule: Annotated[str, Field(description="The rule's id in a report, or the last part of it.")],
    ) -> str:
        """Why a rule marks what it marks: what a client hears, examples, what passes, the source."""
        return json.dumps(await _done(explained, rule, config), ensure_ascii=False, indent=2)

    return made


def _checked(text: str, client: str | None, config: Config) -> Report:
    return check(draft_from(text, client), config)


async def _done(work: Callable[..., T], *arguments: object) -> T:
    """What the work returns; what goes wrong, without the words of a draft."""
    try:
        return await aside(work, *arguments)
    except TonecheckError as error:
        raise ToolError(str(error)) from None
    except Exception as error:
        raise ToolError(f"tonecheck failed on this: {fault(error)}") from None

"""The language server: marks, reasons and edits in any editor that speaks the protocol."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path
from pygls.workspace import TextDocument

from tonecheck import __version__
from tonecheck.config import load
from tonecheck.errors import InputError, TonecheckError
from tonecheck.serve.answers import Review, actions, diagnostics, hover, lenses, plain_diagnostic, review_of
from tonecheck.serve.checking import aside, fault, warm_soon
from tonecheck.serve.letter import letter_of

__all__ = ["server"]

PAUSE = 0.3  # seconds without a key before the text is read

# The protocol's own log would quote drafts.
logging.getLogger("pygls").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The review of one version of a document, under way or done."""

    version: int | None
    review: asyncio.Future[Review]


class _Server(LanguageServer):
    """The server with what it remembers of each open document."""

    def __init__(self) -> None:
        # The whole text each time: letters are short, and nobody has to agree on what ends a line.
        super().__init__("tonecheck", __version__, types.TextDocumentSyncKind.Full)
        self.readings: dict[str, _Reading] = {}
        self.timers: dict[str, asyncio.TimerHandle] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.told = ""

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do some work beside the next messages; the loop itself keeps no hold of it."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def review(self, uri: str) -> Review:
        """The review of the document as it stands. Raises TonecheckError."""
        document = self.workspace.get_text_document(uri)
        reading = self.readings.get(uri)
        if reading is None or reading.version != document.version:
            encoding = self.server_capabilities.position_encoding or "utf-16"
            work = aside(_review, document.source, _name(document), to_fs_path(uri), encoding)
            reading = _Reading(document.version, asyncio.ensure_future(work))
            self.readings[uri] = reading
        return await asyncio.shield(reading.review)

    def tell(self, error: TonecheckError) -> None:
        """Show what is wrong with the settings, once."""
        if str(error) != self.told:
            self.told = str(error)
            self.window_show_message(types.ShowMessageParams(types.MessageType.Error, f"tonecheck: {error}"))


def _review(source: str, name: str, path: str | None, encoding: str) -> Review:
    config = load(Path(path) if path else None)
    return review_of(letter_of(source, name), config, encoding)


def _name(document: TextDocument) -> str:
    """The file's name; where that does not tell, the editor's word that it is Markdown."""
    name = Path(document.path).name or "untitled"
    return f"{name}.md" if document.language_id == "markdown" and not Path(name).suffix else name


server = _Server()


@server.feature(types.INITIALIZED)
def _on_initialized(_ls: _Server, _params: types.InitializedParams) -> None:
    """Load what is heavy only now that the editor has its answer."""
    try:
        warm_soon(load())
    except TonecheckError as error:
        _ls.tell(error)


@server.feature(types.TEXT_DOCUMENT_DID_OPEN)
async def _on_open(ls: _Server, params: types.DidOpenTextDocumentParams) -> None:
    await _publish(ls, params.text_document.uri)


@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
def _on_change(ls: _Server, params: types.DidChangeTextDocumentParams) -> None:
    uri = params.text_document.uri
    if (timer := ls.timers.pop(uri, None)) is not None:
        timer.cancel()
    loop = asyncio.get_running_loop()
    ls.timers[uri] = loop.call_later(PAUSE, lambda: ls.start(_publish(ls, uri)))


@server.feature(types.TEXT_DOCUMENT_DID_SAVE)
async def _on_save(ls: _Server, params: types.DidSaveTextDocumentParams) -> None:
    """Read it again, under settings that may have changed."""
    ls.readings.pop(params.text_document.uri, None)
    await _publish(ls, params.text_document.uri)


@server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
def _on_close(ls: _Server, params: types.DidCloseTextDocumentParams) -> None:
    uri = params.text_document.uri
    if (timer := ls.timers.pop(uri, None)) is not None:
        timer.cancel()
    ls.readings.pop(uri, None)
    ls.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))


async def _publish(ls: _Server, uri: str) -> None:
    """Send the marks of a document, unless it has changed or gone meanwhile."""
    version = ls.workspace.get_text_document(uri).version
    review = await _reviewed(ls, uri)
    found = [plain_diagnostic(review)] if isinstance(review, str) else diagnostics(review) if review else []
    open_now = ls.workspace.text_documents.get(uri)
    if open_now is not None and open_now.version == version:
        ls.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))


async def _reviewed(ls: _Server, uri: str) -> Review | str | None:
    """The review, or the reason why the text cannot be read, or None where there is nothing to say."""
    if not ls.workspace.get_text_document(uri).source.strip():
        return None
    try:
        return await ls.review(uri)
    except InputError as error:
        return str(error)
    except TonecheckError as error:
        ls.tell(error)
    except Exception as error:
        ls.window_log_message(types.LogMessageParams(types.MessageType.Error, f"tonecheck: {fault(error)}"))
    return None


@server.feature(
    types.TEXT_DOCUMENT_CODE_ACTION,
    types.CodeActionOptions([types.CodeActionKind.QuickFix, types.CodeActionKind.SourceFixAll]),
)
async def _on_code_action(ls: _Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    uri = params.text_document.uri
    version = ls.workspace.get_text_document(uri).version
    review = await _reviewed(ls, uri)
    if not isinstance(review, Review):
        return []
    workspace = ls.client_capabilities.workspace
    edits = workspace.workspace_edit if workspace else None
    return actions(review, params, version if edits and edits.document_changes else None)


@server.feature(types.TEXT_DOCUMENT_HOVER)
async def _on_hover(ls: _Server, params: types.HoverParams) -> types.Hover | None:
    review = await _reviewed(ls, params.text_document.uri)
    if not isinstance(review, Review):
        return None
    document = ls.client_capabilities.text_document
    formats = document.hover.content_format if document and document.hover else None
    return hover(review, params.position, markdown=types.MarkupKind.Markdown in (formats or ()))


@server.feature(types.TEXT_DOCUMENT_CODE_LENS)
async def _on_code_lens(ls: _Server, params: types.CodeLensParams) -> list[types.CodeLens]:
    review = await _reviewed(ls, params.text_document.uri)
    return lenses(review) if isinstance(review, Review) else []

"""`tonecheck lsp`, asked by a real client of the protocol over a pipe."""

from __future__ import annotations

import asyncio
import json
import os
import quopri
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from conftest import EXAMPLES
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types
from pygls.lsp.client import LanguageClient
from serving import FAULTY

from tonecheck.checker import Checker
from tonecheck.mail.draft import draft_of
from tonecheck.mail.edit import apply
from tonecheck.mail.message import draft_of_bytes
from tonecheck.mail.origins import origins_of
from tonecheck.report import Span
from tonecheck.serve.letter import letter_of
from tonecheck.serve.positions import Lines

PATIENCE = 60  # seconds for an answer; the first one loads the pipeline on a slow machine
EVERYTHING = types.Range(types.Position(0, 0), types.Position(10_000, 0))


class Editor(LanguageClient):
    """An editor: it keeps what the server publishes, and applies edits as the protocol defines them."""

    def __init__(self) -> None:
        super().__init__("editor", "1")
        self.published: defaultdict[str, list[types.PublishDiagnosticsParams]] = defaultdict(list)
        self.messages: list[str] = []
        self.news = asyncio.Condition()

        @self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        async def _on_publish(params: types.PublishDiagnosticsParams) -> None:
            async with self.news:
                self.published[params.uri].append(params)
                self.news.notify_all()

        @self.feature(types.WINDOW_SHOW_MESSAGE)
        async def _on_message(params: types.ShowMessageParams) -> None:
            async with self.news:
                self.messages.append(params.message)
                self.news.notify_all()

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for news that make it so."""
        async with self.news:
            await asyncio.wait_for(self.news.wait_for(is_so), PATIENCE)

    async def begin(self, folder: Path, capabilities: types.ClientCapabilities) -> types.InitializeResult:
        """Start the server, and greet it."""
        env = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder / ".config")}
        await self.start_io(sys.executable, "-m", "tonecheck", "lsp", "--stdio", cwd=folder, env=env)
        params = types.InitializeParams(capabilities, process_id=os.getpid(), root_uri=folder.as_uri())
        result = await self.initialize_async(params)
        self.initialized(types.InitializedParams())
        return result

    async def end(self) -> int:
        """Take leave; the server's exit status."""
        await self.shutdown_async(None)
        self.exit(None)
        process = self._server
        assert process is not None
        status = await asyncio.wait_for(process.wait(), PATIENCE)
        await self.stop()
        return status

    def open(self, uri: str, text: str, language: str = "plaintext") -> None:
        """Open a document at version 1."""
        item = types.TextDocumentItem(uri, language, 1, text)
        self.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def change(self, uri: str, text: str, version: int) -> None:
        """Give a document a new text."""
        document = types.VersionedTextDocumentIdentifier(version, uri)
        whole = types.TextDocumentContentChangeWholeDocument(text)
        self.text_document_did_change(types.DidChangeTextDocumentParams(document, [whole]))

    async def marks(self, uri: str, version: int = 1) -> list[types.Diagnostic]:
        """What the server marks in a version of a document."""
        await self.until(lambda: any(p.version == version for p in self.published[uri]))
        return next(list(p.diagnostics) for p in reversed(self.published[uri]) if p.version == version)

    async def actions(self, uri: str, where: types.Range, *only: str) -> list[types.CodeAction]:
        """What the server offers there."""
        context = types.CodeActionContext([], [types.CodeActionKind(kind) for kind in only] or None)
        params = types.CodeActionParams(types.TextDocumentIdentifier(uri), where, context)
        return await self.text_document_code_action_async(params) or []  # type: ignore[return-value]

    async def hover(self, uri: str, at: types.Position) -> types.Hover | None:
        """What the server says about the words there."""
        params = types.HoverParams(types.TextDocumentIdentifier(uri), at)
        return await self.text_document_hover_async(params)


CAPABILITIES = types.ClientCapabilities(
    workspace=types.WorkspaceClientCapabilities(
        workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True)
    ),
    text_document=types.TextDocumentClientCapabilities(
        hover=types.HoverClientCapabilities(content_format=[types.MarkupKind.Markdown])
    ),
)


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.Runner]:
    """The one event loop that the editor lives in."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The editor's folder."""
    return tmp_path_factory.mktemp("lsp")


@pytest.fixture(scope="module")
def editor(loop: asyncio.Runner, folder: Path) -> Iterator[Editor]:
    """An editor with a running server."""
    made = Editor()
    loop.run(made.begin(folder, CAPABILITIES))
    yield made
    assert loop.run(made.end()) == 0


def units(text: str, position: types.Position, newline: str) -> int:
    """The offset of a position in UTF-16, counted without the code under test."""
    lines = text.split(newline)
    before = sum(len(line) + len(newline) for line in lines[: position.line])
    row = lines[position.line].encode("utf-16-le")
    return before + len(row[: 2 * position.character].decode("utf-16-le"))


def words(text: str, where: types.Range, newline: str = "\n") -> str:
    """The words in a range."""
    return text[units(text, where.start, newline) : units(text, where.end, newline)]


def applied(text: str, action: types.CodeAction, uri: str, version: int, newline: str = "\n") -> str:
    """The text after the action's one edit, which is for this very version."""
    assert action.edit is not None
    (change,) = action.edit.document_changes or ()
    assert isinstance(change, types.TextDocumentEdit)
    assert (change.text_document.uri, change.text_document.version) == (uri, version)
    (edit,) = change.edits
    start, end = (units(text, place, newline) for place in (edit.range.start, edit.range.end))
    return text[:start] + edit.new_text + text[end:]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("lead", ["", "👩‍🔧🙂 "])
def test_marks_stand_at_the_words_and_edits_change_exactly_them(
    loop: asyncio.Runner, editor: Editor, folder: Path, checker: Checker, newline: str, lead: str
) -> None:
    text = FAULTY.replace("Apparently", f"{lead}Hm 🙂, apparently").replace("\n", newline)
    report = checker.check(draft_of(text))
    uri = (folder / f"marks-{len(newline)}-{len(lead)}.txt").as_uri()
    editor.open(uri, text)
    marks = loop.run(editor.marks(uri))
    assert [words(text, m.range, newline) for m in marks] == [report.words(f.span) for f in report.findings]
    assert [m.code for m in marks] == [f.rule for f in report.findings]
    assert {m.source for m in marks} == {"tonecheck"}
    for finding, mark in zip(report.findings, marks, strict=True):
        offered = loop.run(editor.actions(uri, mark.range, "quickfix"))
        mine = [a for a in offered if a.diagnostics and a.diagnostics[0].range == mark.range]
        made = [applied(text, action, uri, 1, newline) for action in mine]
        assert made == [apply(text, [edit]) for edit in finding.edits]
        assert [a.is_preferred for a in mine] == [e.safe and not i for i, e in enumerate(finding.edits)]


def test_the_safe_edits_come_together_as_fix_all(
    loop: asyncio.Runner, editor: Editor, folder: Path, checker: Checker
) -> None:
    uri = (folder / "all.md").as_uri()
    editor.open(uri, FAULTY, "markdown")
    (action,) = loop.run(editor.actions(uri, EVERYTHING, "source.fixAll"))
    assert applied(FAULTY, action, uri, 1) == checker.check(draft_of(FAULTY)).plain_safe != FAULTY
    assert loop.run(editor.actions(uri, EVERYTHING, "refactor")) == []
    assert action in loop.run(editor.actions(uri, EVERYTHING))


def test_hover_says_why_and_where_the_advice_comes_from(
    loop: asyncio.Runner, editor: Editor, folder: Path
) -> None:
    uri = (folder / "hover.txt").as_uri()
    editor.open(uri, FAULTY)
    line, column = 2, FAULTY.splitlines()[2].index("performance")
    said = loop.run(editor.hover(uri, types.Position(line, column)))
    assert said is not None
    assert isinstance(said.contents, types.MarkupContent)
    assert said.contents.kind == types.MarkupKind.Markdown
    for part in ("describes a fault as a missed measurement", "in the client's own words", "ADVICE 1"):
        assert part in said.contents.value
    assert words(FAULTY, said.range or EVERYTHING) == "doesn't meet desired performance quotas"
    assert loop.run(editor.hover(uri, types.Position(0, 1))) is None


def test_only_the_last_of_quick_changes_is_read(loop: asyncio.Runner, editor: Editor, folder: Path) -> None:
    uri = (folder / "typing.txt").as_uri()
    clean = "Hi Ann,\n\nWe sent you the wrong pump, and I am sorry. Marek brings the right one on Friday.\n"

    async def type_quickly() -> None:
        editor.open(uri, clean)
        assert await editor.marks(uri) == []
        for version, end in enumerate(("Appare", "Apparently it", "Apparently it leaks.\n"), 2):
            editor.change(uri, clean + end, version)
        assert [m.code for m in await editor.marks(uri, 4)] == ["doublespeak/doubting-adverb"]

    loop.run(type_quickly())
    assert [p.version for p in editor.published[uri]] == [1, 4]


def test_actions_are_about_the_text_as_it_stands_however_fast_it_changes(
    loop: asyncio.Runner, editor: Editor, folder: Path
) -> None:
    uri = (folder / "fast.txt").as_uri()
    longer = "Hello there.\n\n" + FAULTY

    async def change_and_ask() -> list[types.CodeAction]:
        editor.open(uri, FAULTY)
        editor.change(uri, longer, 2)
        return await editor.actions(uri, EVERYTHING, "source.fixAll")

    (action,) = loop.run(change_and_ask())
    assert "Apparently" not in applied(longer, action, uri, 2)


def test_a_closed_document_keeps_no_marks(loop: asyncio.Runner, editor: Editor, folder: Path) -> None:
    uri = (folder / "closed.txt").as_uri()
    editor.open(uri, FAULTY)
    assert loop.run(editor.marks(uri))
    document = types.TextDocumentIdentifier(uri)
    editor.text_document_did_close(types.DidCloseTextDocumentParams(document))
    loop.run(editor.until(lambda: not editor.published[uri][-1].diagnostics))


def test_the_lens_shows_scores_and_what_is_missing(
    loop: asyncio.Runner, editor: Editor, folder: Path, checker: Checker
) -> None:
    uri = (folder / "lens.txt").as_uri()
    editor.open(uri, FAULTY)
    params = types.CodeLensParams(types.TextDocumentIdentifier(uri))
    lenses = loop.run(editor.text_document_code_lens_async(params)) or []
    titles = [lens.command.title for lens in lenses if lens.command]
    report = checker.check(draft_of(FAULTY))
    assert titles[0] == " · ".join(f"{score.fault} {score.value}" for score in report.scores)
    assert titles[1].startswith("missing: an apology")
    assert {lens.range.start.line for lens in lenses} == {2}


DRAFTS = {
    "mutt": f"From: o@b.example\nTo: h@n.example\nSubject: Re: Part X\n\n{FAULTY}\n> Apparently it leaks.\n",
    "git": (
        "From o@b.example # This line is ignored.\nGIT: Lines beginning in GIT: will be removed.\n"
        f"From: o@b.example\nSubject: Part X\nIn-Reply-To: <1@n.example>\n\n{FAULTY}"
    ),
}


@pytest.mark.parametrize("kind", DRAFTS)
def test_in_a_mail_only_the_authors_words_are_marked(
    loop: asyncio.Runner, editor: Editor, folder: Path, kind: str
) -> None:
    text, uri = DRAFTS[kind], (folder / f"{kind}-1000-42").as_uri()
    editor.open(uri, text, "mail")
    marks = loop.run(editor.marks(uri))
    assert words(text, marks[0].range) == "Apparently"
    assert all(text.index(FAULTY) <= units(text, m.range.start, "\n") for m in marks)
    assert all(units(text, m.range.end, "\n") <= text.index(FAULTY) + len(FAULTY) for m in marks)
    first = loop.run(editor.actions(uri, marks[0].range, "quickfix"))[0]
    assert applied(text, first, uri, 1) == text.replace("Apparently Part", "Part", 1)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.name)
def test_in_each_example_mail_the_marks_stand_at_the_words(
    loop: asyncio.Runner, editor: Editor, checker: Checker, path: Path
) -> None:
    text, uri = path.read_bytes().decode("utf8"), path.as_uri()
    report = checker.check(draft_of_bytes(path.read_bytes(), name=path.name))
    editor.open(uri, text, "mail")
    marks = loop.run(editor.marks(uri))
    newline = "\r\n" if "\r\n" in text else "\n"
    if "base64" in text or path.name == "paid-twice.eml":  # its letter is HTML
        assert "encoded or HTML" in marks[0].message
        return
    shown = [quopri.decodestring(words(text, m.range, newline).encode()) for m in marks]
    charset = next(
        p.get_content_charset() for p in message_from_bytes(text.encode()).walk() if not p.is_multipart()
    )
    assert [s.decode(charset or "utf8") for s in shown] == [report.words(f.span) for f in report.findings]


def test_a_fix_in_a_quoted_printable_mail_is_written_in_its_encoding(
    loop: asyncio.Runner, editor: Editor, folder: Path
) -> None:
    uri = (folder / "folded.eml").as_uri()
    body = FAULTY.replace("Hilda", "Hélène").replace("Owen", "Jürgen")
    coded = quopri.encodestring(body.encode()).decode()
    head = "From: a@b.example\nTo: c@d.example\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
    text = f"{head}Content-Transfer-Encoding: quoted-printable\n\n{coded}"
    editor.open(uri, text, "mail")
    (action,) = loop.run(editor.actions(uri, EVERYTHING, "source.fixAll"))
    changed = message_from_bytes(applied(text, action, uri, 1).encode()).get_payload(decode=True).decode()
    assert "Hélène" in changed
    assert "Part X doesn't" in changed
    assert "Apparently" not in changed


def test_wrong_settings_are_told_once_and_hold_after_they_are_mended(
    loop: asyncio.Runner, editor: Editor, folder: Path
) -> None:
    place = folder / "house"
    place.mkdir()
    (place / ".tonecheck.toml").write_text('of = ["doublespeak/doubting-adverb"]\n')
    uri = (place / "draft.txt").as_uri()

    async def mend() -> list[types.Diagnostic]:
        editor.open(uri, FAULTY)
        assert await editor.marks(uri) == []
        assert "did you mean “off”?" in editor.messages[-1]
        (place / ".tonecheck.toml").write_text('off = ["doublespeak/doubting-adverb"]\n')
        editor.published[uri].clear()
        editor.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))
        return await editor.marks(uri)

    marks = loop.run(mend())
    assert marks
    assert "doublespeak/doubting-adverb" not in {m.code for m in marks}


def test_what_cannot_be_read_is_said_at_the_first_line(
    loop: asyncio.Runner, editor: Editor, folder: Path
) -> None:
    for name, text, said in (
        ("nul.txt", "a\0b", "NUL"),
        ("blank.txt", " \n", ""),
        ("big.txt", "a " * 60_000, "100,000"),
    ):
        uri = (folder / name).as_uri()
        editor.open(uri, text)
        marks = loop.run(editor.marks(uri))
        assert [said in m.message and m.range.start.line == 0 for m in marks] == [True] * bool(said)


def test_nothing_heavy_is_loaded_before_the_editor_has_its_answer() -> None:
    code = (
        "import sys; from tonecheck.serve.lsp import server\n"
        "heavy = {'spacy', 'textblob', 'numpy', 'onnxruntime', 'jinja2', 'starlette'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_an_editor_that_just_goes_leaves_no_server_behind(tmp_path: Path) -> None:
    message = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}})
    command = [sys.executable, "-m", "tonecheck", "lsp"]
    done = subprocess.run(
        command,
        input=f"Content-Length: {len(message)}\r\n\r\n{message}".encode(),
        capture_output=True,
        timeout=PATIENCE,
        cwd=tmp_path,
        check=False,
    )
    assert b'"codeActionProvider"' in done.stdout
    assert b"Traceback" not in done.stderr


texts = st.text(st.sampled_from("aé🙂 \r\n\u2028\x0c") | st.characters(codec="utf-8"), max_size=40)
codecs = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


@given(text=texts, encoding=st.sampled_from(list(codecs)), data=st.data())
def test_positions_count_as_the_protocol_says(text: str, encoding: str, data: Any) -> None:
    lines, offset = Lines.of(text, encoding), data.draw(st.integers(0, len(text)))
    position, (codec, size) = lines.position(offset), codecs[encoding]
    head = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    if text[offset - 1 : offset + 1] == "\r\n":
        head = head[:-1]  # between the two halves of a line break is the end of the line
    else:
        assert lines.offset(position) == offset
    assert position.line == head.count("\n")
    assert position.character == len(head.rsplit("\n", 1)[-1].encode(codec)) // size


@given(text=texts, cut=st.tuples(st.integers(0, 40), st.integers(0, 40)), new=texts)
def test_new_wording_is_one_change_that_never_splits_a_line_break(
    text: str, cut: tuple[int, int], new: str
) -> None:
    old = f"Hello {text}."
    wanted = old[: min(cut)] + new + old[max(cut) :]
    if "\0" in old + wanted or old.startswith("\ufeff"):
        return
    edit = letter_of(old, "draft.txt").reworded(wanted)
    assert edit is not None
    assert apply(old, [edit]) == wanted
    for place in (edit.span.start, edit.span.end):
        assert old[place - 1 : place + 1] != "\r\n"


@given(
    text=st.text(
        st.sampled_from("ab =é🙂\n") | st.characters(codec="utf-8", exclude_characters="\r"), min_size=1
    )
)
def test_each_character_of_a_quoted_printable_mail_is_found(text: str) -> None:
    coded = quopri.encodestring(text.encode()).decode("ascii")
    head = "From: a@b.example\nTo: c@d.example\nContent-Type: text/plain; charset=utf-8\n"
    mail = f"{head}Content-Transfer-Encoding: quoted-printable\n\n{coded}"
    origins = origins_of(mail, "a.eml", text)
    if mail.count(text) == 1 or origins is None:
        return
    for i, character in enumerate(text):
        place = origins.span(Span(i, i + 1))
        assert quopri.decodestring(mail[place.start : place.end].encode()).decode() == character
        assert origins.offset(place.start) == i

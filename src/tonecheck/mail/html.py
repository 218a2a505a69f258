"""HTML to text with the stretches that mail programs set apart: quotes, signatures, code."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from justhtml import JustHTML

from tonecheck.report import Skipped, Span

__all__ = ["text_of_html"]

UNSEEN = frozenset({"script", "style", "head", "template", "title", "noscript", "#comment", "!doctype"})
BLOCKS = frozenset(
    """address article aside blockquote div dl dd dt footer form h1 h2 h3 h4 h5 h6 header hr li main nav
    ol p pre section table td th tr ul""".split()
)
APART = frozenset({"p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre", "table"})
# Gmail, Outlook (desktop, web, mobile), Apple Mail, Thunderbird, Yahoo, Proton.
QUOTE_MARKS = frozenset(
    """gmail_quote gmail_quote_container gmail_extra moz-cite-prefix yahoo_quoted protonmail_quote divRplyFwdMsg
    appendonsend OutlookMessageHeader mail-editor-reference-message-container zmail_extra""".split()
)
SIGNATURE_MARKS = frozenset(
    """gmail_signature moz-signature protonmail_signature_block Signature ms-outlook-mobile-signature
    AppleMailSignature""".split()
)
# In Outlook what follows these marks, up to the end, is the old mail.
OPENS_QUOTE = frozenset({"divRplyFwdMsg", "appendonsend", "stopSpelling"})
MAX_DEPTH = 400


@dataclass
class _Writer:
    """The text so far, with the stretches that are set apart."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0
    apart: list[Skipped] = field(default_factory=list)
    rest_from: int | None = None

    def put(self, text: str) -> None:
        self.pieces.append(text)
        self.length += len(text)

    def flow(self, text: str) -> None:
        words = re.sub(r"[ \t\r\n\f]+", " ", text)
        if self.ends_with((" ", "\n", "")):
            words = words.lstrip(" ")
        if words:
            self.put(words)

    def ends_with(self, ends: tuple[str, ...]) -> bool:
        last = self.pieces[-1] if self.pieces else ""
        return (last[-1:] or "") in ends

    def line_break(self, blank: bool = False) -> None:
        tail = "".join(self.pieces[-3:])
        if tail and not tail.endswith("\n"):
            self.put("\n")
            tail += "\n"
        if blank and tail and not tail.endswith("\n\n"):
            self.put("\n")


def text_of_html(html: str) -> tuple[str, tuple[Skipped, ...]]:
    """The text as a mail program shows it, and what its containers say is not the author's.

    A quote container gives `quote`, a signature container `signature`, preformatted text `code`.
    """
    document = JustHTML(html, sanitize=False)
    writer = _Writer()
    _walk(document.root, writer, 0, False)
    text = "".join(writer.pieces).rstrip() + "\n"
    apart = list(writer.apart)
    if writer.rest_from is not None:
        apart.append(Skipped(Span(writer.rest_from, len(text)), "quote"))
    return text, tuple(Skipped(Span(s.span.start, min(s.span.end, len(text))), s.kind) for s in apart)


def _walk(node: Any, writer: _Writer, depth: int, preformatted: bool) -> None:
    name = str(node.name)
    if name in UNSEEN or depth > MAX_DEPTH:
        return
    if name == "#text":
        data = (node.data or "").replace("\u200b", "")
        writer.put(data) if preformatted else writer.flow(data)
        return
    if name == "br":
        writer.put("\n")
        return
    is_block = name in BLOCKS
    if is_block:
        writer.line_break(name in APART)
    start, kind = writer.length, _kind(node, writer)
    if name == "li":
        writer.put("- ")
    for child in node.children or ():
        _walk(child, writer, depth + 1, preformatted or name == "pre")
    if is_block:
        writer.line_break(name in APART)
    if kind and writer.length > start:
        writer.apart.append(Skipped(Span(start, writer.length), kind))


def _kind(node: Any, writer: _Writer) -> str:
    attributes = node.attrs or {}
    marks = {*str(attributes.get("class") or "").split(), str(attributes.get("id") or "")}
    if marks & OPENS_QUOTE and writer.rest_from is None:
        writer.rest_from = writer.length
    if marks & SIGNATURE_MARKS:
        return "signature"
    if node.name == "blockquote" or marks & QUOTE_MARKS:
        return "quote"
    return "code" if node.name in {"pre", "code"} and "moz-quote-pre" not in marks else ""

"""HTML to text with the stretches that mail programs set apart: quotes, signatures, code."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from justhtml import JustHTML

from tonecheck.report import Skipped, Span

__all__ = ["text_of_html", "without_pictures"]

UNSEEN = frozenset({"script", "style", "head", "template", "title", "noscript", "#comment", "!doctype"})
BLOCK_NAMES = """address article aside blockquote div dl dd dt footer form h1 h2 h3 h4 h5 h6 header hr
li main nav ol p pre section table td th tr ul"""
BLOCKS = frozenset(BLOCK_NAMES.split())
APART = frozenset({"p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre", "table"})
# Gmail, Outlook (desktop, web, mobile), Apple Mail, Thunderbird, Yahoo, Proton, Zoho.
QUOTE_NAMES = """gmail_quote gmail_quote_container yahoo_quoted protonmail_quote appendonsend zmail_extra
mail-editor-reference-message-container ms-outlook-mobile-reference-message"""
QUOTE_MARKS = frozenset(QUOTE_NAMES.split())
ATTRIBUTION_MARKS = frozenset({"gmail_attr", "moz-cite-prefix", "divRplyFwdMsg", "OutlookMessageHeader"})
FORWARD_MARKS = frozenset({"moz-forward-container", "moz-email-headers-table"})
SIGNATURE_NAMES = """gmail_signature moz-signature protonmail_signature_block Signature
ms-outlook-mobile-signature AppleMailSignature"""
SIGNATURE_MARKS = frozenset(SIGNATURE_NAMES.split())
# In Outlook what follows these marks, up to the end, is the old mail.
OPENS_QUOTE = frozenset({"divRplyFwdMsg", "appendonsend", "stopSpelling"})
HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
# Composers indent with a blockquote; a mail program's own quote names itself or draws a line.
INDENT = re.compile(r"border(?:-left)?\s*:\s*(?:none|0)", re.IGNORECASE)
PICTURE = re.compile(r"(?<=[\"'(])data:[^\"'()<>]{1000,}")


@dataclass
class _Writer:
    """The text so far, with the stretches that are set apart."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0
    tail: str = ""
    apart: list[Skipped] = field(default_factory=list)
    rest_from: int | None = None

    def put(self, text: str) -> None:
        self.pieces.append(text)
        self.length += len(text)
        self.tail = (self.tail + text)[-2:]

    def flow(self, text: str) -> None:
        words = re.sub(r"[ \t\r\n\f]+", " ", text)
        if self.tail[-1:] in {" ", "\n", ""}:
            words = words.lstrip(" ")
        self.put(words)

    def line_break(self, blank: bool = False) -> None:
        if self.tail and not self.tail.endswith("\n"):
            self.put("\n")
        if blank and self.tail and self.tail != "\n\n" and self.length > 1:
            self.put("\n")


def without_pictures(html: str) -> str:
    """The HTML without the bytes of pictures inside it, which may be larger than any letter."""
    return PICTURE.sub("data:", html)


def text_of_html(html: str) -> tuple[str, tuple[Skipped, ...]]:
    """The text as a mail program shows it, and what its containers say is not the author's.

    A quote container gives `quote`, a signature container `signature`, preformatted text `code`.
    """
    document = JustHTML(html, sanitize=False)
    writer = _Writer()
    _write(document.root, writer)
    text = "".join(writer.pieces).replace("\0", "\ufffd").rstrip() + "\n"
    apart = list(writer.apart)
    if writer.rest_from is not None:
        apart.append(Skipped(Span(writer.rest_from, writer.length), "quote"))
    clipped = (Skipped(Span(s.span.start, min(s.span.end, len(text))), s.kind) for s in apart)
    return text, tuple(sorted(s for s in clipped if s.span.start < s.span.end))


def _write(root: Any, writer: _Writer) -> None:
    """Walk the tree without recursion: a mail may nest deeper than Python's stack."""
    steps: list[tuple[Any, bool, int, str]] = [(root, False, -1, "")]
    while steps:
        node, preformatted, start, kind = steps.pop()
        name = str(node.name)
        if start >= 0:
            _leave(name, writer, start, kind)
        elif name == "#text":
            data = (node.data or "").replace("\u200b", "")
            writer.put(data) if preformatted else writer.flow(data)
        elif name == "br":
            writer.put("\n")
        elif name not in UNSEEN and not HIDDEN.search(_attribute(node, "style")):
            kind = _enter(node, name, writer)
            steps.append((node, preformatted, writer.length - (2 if name == "li" else 0), kind))
            inside = preformatted or name == "pre"
            steps.extend((child, inside, -1, "") for child in reversed(node.children or ()))


def _enter(node: Any, name: str, writer: _Writer) -> str:
    if name in BLOCKS:
        writer.line_break(name in APART)
    kind = _kind(node, writer)
    if name == "li":
        writer.put("- ")
    return kind


def _leave(name: str, writer: _Writer, start: int, kind: str) -> None:
    end = writer.length
    if name in BLOCKS:
        writer.line_break(name in APART)
    if kind and end > start:
        writer.apart.append(Skipped(Span(start, end), kind))


def _attribute(node: Any, name: str) -> str:
    return str((node.attrs or {}).get(name) or "")


def _marks(node: Any) -> set[str]:
    return {*_attribute(node, "class").split(), _attribute(node, "id")}


def _kind(node: Any, writer: _Writer) -> str:
    marks = _marks(node)
    if marks & OPENS_QUOTE and writer.rest_from is None:
        writer.rest_from = writer.length
    for kind, names in (
        ("signature", SIGNATURE_MARKS),
        ("attribution", ATTRIBUTION_MARKS),
        ("forward", FORWARD_MARKS),
    ):
        if marks & names:
            return kind
    if _is_quote(node, marks):
        return "quote"
    return "code" if node.name in {"pre", "code"} and "moz-quote-pre" not in marks else ""


def _is_quote(node: Any, marks: set[str]) -> bool:
    if node.name == "blockquote":
        is_cited = bool(marks & QUOTE_MARKS) or _attribute(node, "type") == "cite"
        return is_cited or INDENT.search(_attribute(node, "style")) is None
    # Gmail's container also holds what the author writes between or below its blockquotes.
    holds_quotes = any(str(child.name) == "blockquote" for child in node.children or ())
    return bool(marks & QUOTE_MARKS) and not holds_quotes

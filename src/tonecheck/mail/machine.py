"""What machines and lawyers wrote into a mail: code, logs, diffs, disclaimers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tonecheck.mail.lines import Line, marked, paragraphs

__all__ = ["mark_code", "mark_disclaimers", "mark_fences"]

FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")
FRONT_KEY = re.compile(r"[\w-]+:(?:\s|$)|[ \t]*#|[ \t]+\S|- ")
MAX_FRONT = 20
LOG = re.compile(
    r"\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d|\[?[A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d|\[?(?:ERROR|WARN(?:ING)?"
    r"|INFO|DEBUG|FATAL)\]?[: ]"
    r"|Traceback \(most recent|File \"[^\"\n]{1,300}\", line \d|[A-Z]\w{0,60}(?:Error|Exception): "
    r"|at [\w.$]{1,200}\("
)
# `--- a/` and `@@ -` also outside a whole diff: people paste a hunk.
HUNK = re.compile(r"diff --git |@@ -\d|\+\+\+ [ab]/|--- [ab]/|index [0-9a-f]{7,40}\.\.")
IN_DIFF = re.compile(r"[ +\-@\\]|index |diff |new file|deleted file|similarity|rename |$")
COMMAND = re.compile(r"\$ [a-z./~][\w./-]{0,60}(?: |$)|C:\\")
CODE_MARKS = re.compile(r"[{}=<>|\\$]|\w\(|\w\[|;$|[{}]$")
SMALL_PRINT = re.compile(
    r"\b(?:confidentiality|intended (?:solely|only)|(?:named|intended) (?:recipient|addressee)s?|addressees?"
    r"|received (?:this (?:e-?mail|message)|it) in error|notify the sender|registered (?:in|office)|company (?:no|number)\b"
    r"|vat (?:no|number|reg)|this (?:e-?mail|message) (?:and|including) (?:any|its) (?:attachments?|files?))",
    re.IGNORECASE,
)
# These stand in prose as well, and only back up the others.
LEGAL = re.compile(
    r"\b(?:confidential|privileged|unauthori[sz]ed|disclos(?:e|ed|ing|ure)|dissemination|distribution|liability"
    r"|virus(?:es)?|delete (?:it|this|the)|solely|legally|e-?mails? (?:is|are) not secure|england|scotland|ireland)\b",
    re.IGNORECASE,
)
ALWAYS_LEGAL = re.compile(
    r"(?:please )?(?:consider|think of) the environment before printing|^(?:confidentiality notice"
    r"|disclaimer|caution|"
    r"confidential|legal notice)[ ]?[:.-]|originated (?:from )?outside (?:of )?(?:the|your"
    r"|our) organi[sz]ation",
    re.IGNORECASE,
)
FIRST_PERSON = re.compile(r"\b(?:I|I'm|I’m|I've|I’ve|sorry|apolog\w+)\b")


def mark_fences(lines: list[Line]) -> None:
    """Fenced code, and a front matter between `---` lines at the very top.

    A fence that nothing closes sets apart only itself, else a slip would hide the whole letter.
    """
    if lines and lines[0].text.rstrip() == "---":
        _mark_front_matter(lines)
    opened, mark = -1, ""
    for i, line in enumerate(lines):
        fence = None if line.kind else FENCE.match(line.text)
        if fence is None:
            continue
        if opened < 0:
            opened, mark = i, fence[1]
        elif fence[1].startswith(mark) and not line.text.strip().strip(mark[0]):
            marked(lines, "code", opened, i + 1)
            opened = -1
    if opened >= 0:
        marked(lines, "code", opened, opened + 1)


def _mark_front_matter(lines: list[Line]) -> None:
    for i, line in enumerate(lines[1 : MAX_FRONT + 1], 1):
        if line.text.rstrip() == "---":
            marked(lines, "code", 0, i + 1)
            return
        if not FRONT_KEY.match(line.text):
            return


def mark_code(lines: list[Line]) -> None:
    """Logs, diffs, command lines and indented code."""
    in_diff = False
    for i, line in enumerate(lines):
        text = line.text.strip()
        in_diff = line.text.startswith("diff --git ") or (in_diff and IN_DIFF.match(line.text) is not None)
        if not line.kind and text and (in_diff or HUNK.match(line.text) or COMMAND.match(text)):
            marked(lines, "code", i, i + 1)
        elif not line.kind and LOG.match(text):
            marked(lines, "log", i, i + 1)
        elif not line.kind and line.text.startswith(("    ", "\t")) and _looks_like_code(text):
            marked(lines, "code", i, i + 1)


def _looks_like_code(text: str) -> bool:
    """Whether an indented line is code; indented prose may hold a bracket or two."""
    return len(CODE_MARKS.findall(text)) >= 2


def mark_disclaimers(lines: list[Line]) -> None:
    """Paragraphs of legal small print; a sentence that only mentions confidence is prose."""
    for start, stop in paragraphs(lines):
        if _is_disclaimer(lines[start:stop]):
            marked(lines, "disclaimer", start, stop)


def _is_disclaimer(paragraph: Sequence[Line]) -> bool:
    words = " ".join(line.text.strip().lstrip("*_> ") for line in paragraph)
    if FIRST_PERSON.search(words):
        return False
    strong = {match[0].lower() for match in SMALL_PRINT.finditer(words)}
    found = strong | {match[0].lower() for match in LEGAL.finditer(words)}
    return ALWAYS_LEGAL.search(words) is not None or (bool(strong) and len(found) >= 2)

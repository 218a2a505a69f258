"""Which lines of a mail are its author's: quotes, headers, signatures and code told apart.

The marks are those that mail programs write; each line gets a kind, "" for the author's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from tonecheck.report import Skipped, Span

__all__ = ["ATTRIBUTION", "Line", "kinds_of", "lines_of"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its line break; `greeting` counts the characters of a greeting in it."""

    span: Span
    text: str
    kind: str = ""
    greeting: int = 0


QUOTE = re.compile(r"[ \t]{0,3}>(?!-)")
ATTRIBUTION = re.compile(
    r"[ \t>]*(?:"
    r"On\b.{4,200}\bwrote ?:|Am\b.{4,200}\bschrieb\b.{0,120}:|Le\b.{4,200}\ba écrit ?:"
    r"|El\b.{4,200}\bescribió ?:|Il\b.{4,200}\bha scritto ?:|Op\b.{4,200}\bschreef\b.{0,120}:"
    r"|Den\b.{4,200}\bskrev\b.{0,120}:|Em\b.{4,200}\bescreveu ?:|W dniu\b.{4,200}\bnapisał.{0,120}:"
    r"|.{4,200}\b(?:пишет|написал\w*) ?:|.{4,200}写道[:：]|.{4,200}のメール ?:"
    r"|.{2,120}\bwrote(?: on\b.{4,60})? ?:)[ \t]*$",
)
ORIGINAL = re.compile(
    r"[ \t]*-{2,} ?(?:Original Message|Original-Nachricht|Ursprüngliche Nachricht|Message d'origine"
    r"|Mensaje original|Messaggio originale|Oorspronkelijk bericht|Mensagem original)",
    re.IGNORECASE,
)
FORWARD = re.compile(
    r"[ \t]*(?:-{3,} ?(?:Forwarded|Weitergeleitete|Message transféré|Mensaje reenviado)|Begin forwarded message:"
    r"|Anfang der weitergeleiteten|Début du message)",
    re.IGNORECASE,
)
HEADER_FROM = re.compile(r"[ \t*]*(?:From|Von|De|Da|Van|Från|Fra|Od)\*?:\*? ?\S", re.IGNORECASE)
HEADER_NEXT = re.compile(
    r"[ \t*]*(?:Sent|Date|To|Subject|Cc|Gesendet|Datum|An|Betreff|Envoyé|À|Objet|Enviado|Para|Asunto|Inviato|A"
    r"|Oggetto|Verzonden|Aan|Onderwerp|Skickat|Till|Ämne)\*?:",
    re.IGNORECASE,
)
SIGNATURE_MARK = re.compile(r"(?:-- ?|—|_{2,} ?)$|^(?:Sent from my |Get Outlook for |Von meinem \w+ gesendet)")
SIGN_OFF = re.compile(
    r"(?:(?:many |with )?(?:thanks|thank you|thx|ta)(?: again| so much| in advance)?|cheers|all the best|best"
    r"|(?:(?:with|my) )?(?:(?:very )?(?:best|kind|kindest|warm|warmest|friendly) )+(?:regards|wishes)?(?: from [\w ]+)?"
    r"|regards|rgds|br|kr|yours(?: (?:sincerely|faithfully|truly|ever))?|sincerely(?: yours)?|respectfully"
    r"|take care|talk soon|warmly|best wishes|with (?:apologies|gratitude|appreciation)[\w ]{0,20}"
    r"|mit freundlichen grüßen|cordialement|saludos)"
    r"(?: and [\w ]{3,30})?[ \t]*[,.!–-]*[ \t]*$",
    re.IGNORECASE,
)
GREETING = re.compile(
    r"[ \t]*(?:(?:hi|hello|hey|hiya|dear|good (?:morning|afternoon|evening|day)|greetings|morning|afternoon)\b"
    r"(?:[ ]+(?:there|all|both|team|again|everyone|sir|madam|or|and|&|mr|mrs|ms|dr|valued|customer|client|guest"
    r"|\[?[A-Z][\w.'’-]*\]?|/)\.?)*[ ]*(?:[,!:.]|[-–—](?= )|$)|to whom it may concern[,:.]?)[ \t]*",
    re.IGNORECASE,
)
NAME_LINE = re.compile(r"[ \t]*(?:\[?[A-Z][\w.'’-]*\]?)(?: (?:and |& )?\[?[A-Z][\w.'’-]*\]?){0,3}[ \t]*[,!:]?[ \t]*$")
DISCLAIMER = re.compile(
    r"(?:this (?:e-?mail|message)(?: and any (?:attachments?|files))?.{0,60}(?:confidential|intended|privileged)"
    r"|if you are not the (?:intended|named) (?:recipient|addressee)|confidentiality notice"
    r"|registered in (?:england|scotland|ireland)|please consider the environment|unauthori[sz]ed (?:use|disclosure)"
    r"|CONFIDENTIAL(?:ITY)?:)",
    re.IGNORECASE,
)
LOG = re.compile(
    r"[ \t]*(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\[?\w{3} +\d+ \d\d:\d\d:\d\d|(?:\[?(?:ERROR|WARN(?:ING)?|INFO|DEBUG|FATAL)\]?[: ])"
    r"|Traceback \(most recent|  File \"|\w+(?:Error|Exception): |\s+at [\w.$]+\()"
)
DIFF = re.compile(r"(?:diff --git |@@ -|\+\+\+ \S|--- [ab]/|index [0-9a-f]{7})")
INDENTED_CODE = re.compile(r"(?: {4}|\t).*[{}();=<>$|\\]")
COMMAND = re.compile(r"[ \t]*(?:\$ \w|>>> |C:\\)")


def lines_of(text: str) -> list[Line]:
    """Every line with its place; `\\n`, `\\r\\n` and `\\r` end a line."""
    found = re.finditer(r"([^\r\n]*)(\r\n|\n|\r|$)", text)
    return [Line(Span(m.start(1), m.end(1)), m[1]) for m in found if m[0] or m.start() == 0]


def kinds_of(lines: Sequence[Line], given: Sequence[Skipped] = ()) -> list[Line]:
    """The lines with their kinds, from the surest mark to the least sure."""
    marked = [_of_markup(line, given) for line in lines]
    for step in (_fences, _quotes, _rest_is_quote, _code, _disclaimers, _signature, _greeting):
        marked = step(marked)
    return [_blank(line) for line in marked]


def _of_markup(line: Line, given: Sequence[Skipped]) -> Line:
    kind = next((s.kind for s in given if s.span.covers(line.span) and len(s.span)), "")
    return replace(line, kind=kind)


def _blank(line: Line) -> Line:
    return line if line.kind or line.text.strip() else replace(line, kind="blank")


def _marked(lines: list[Line], kind: str, where: Callable[[int], bool]) -> list[Line]:
    return [
        replace(line, kind=kind) if not line.kind and where(i) else line
        for i, line in enumerate(lines)
    ]


def _fences(lines: list[Line]) -> list[Line]:
    """Fenced code, and a front matter between `---` lines at the very top."""
    inside, marked, fence = False, [], ("```", "~~~")
    front = bool(lines) and lines[0].text.strip() == "---" and any(
        line.text.strip() == "---" for line in lines[1:20]
    )
    for i, line in enumerate(lines):
        is_fence = line.text.lstrip().startswith(fence) or front and line.text.strip() == "---"
        if (inside or is_fence) and not line.kind:
            line = replace(line, kind="code")
        if is_fence:
            inside = not inside
            front = front and not (i > 0 and not inside)
        marked.append(line)
    return marked


def _quotes(lines: list[Line]) -> list[Line]:
    """Lines behind `>`, and the attribution above them, also where it is wrapped over two lines."""
    kinds = _marked(lines, "quote", lambda i: QUOTE.match(lines[i].text) is not None)
    for i, line in enumerate(kinds):
        if line.kind:
            continue
        below = next((later for later in kinds[i + 1 :] if later.text.strip()), None)
        pair = f"{line.text.strip()} {kinds[i + 1].text.strip()}" if i + 1 < len(kinds) else ""
        alone = ATTRIBUTION.match(line.text) is not None
        wrapped = not alone and re.match(r"[ \t]*(?:On|Am|Le|El|Op) ", line.text) and ATTRIBUTION.match(pair)
        if alone and below is not None and (below.kind == "quote" or _opens_history(line.text)):
            kinds[i] = replace(line, kind="attribution")
        elif wrapped:
            kinds[i] = replace(line, kind="attribution")
            kinds[i + 1] = replace(kinds[i + 1], kind="attribution")
    return kinds


def _opens_history(text: str) -> bool:
    """Whether an attribution names a day, so that what follows is old mail even without `>`."""
    return re.search(r"\d{4}|\d{1,2}:\d\d", text) is not None


def _rest_is_quote(lines: list[Line]) -> list[Line]:
    """All that follows a header block, an original-message rule or an unmarked attribution."""
    for i, line in enumerate(lines):
        if line.kind == "attribution" and not _has_marks(lines[i + 1 :]):
            head, kind, first = lines[: i + 1], "quote", i + 1
        elif not line.kind and (ORIGINAL.match(line.text) or _header_block(lines, i)):
            head, kind, first = lines[:i], "quote", i
        elif not line.kind and FORWARD.match(line.text):
            head, kind, first = lines[:i], "forward", i
        else:
            continue
        rest = [replace(r, kind=r.kind or kind) for r in lines[first:]]
        return [*head, *_headers_apart(rest)]
    return lines


def _has_marks(lines: Sequence[Line]) -> bool:
    following = [line for line in lines if line.text.strip()][:3]
    return any(line.kind == "quote" for line in following)


def _header_block(lines: Sequence[Line], i: int) -> bool:
    if not HEADER_FROM.match(lines[i].text):
        return False
    return sum(HEADER_NEXT.match(line.text) is not None for line in lines[i + 1 : i + 6]) >= 2


def _headers_apart(lines: list[Line]) -> list[Line]:
    """Header lines of the old mail as `attribution`, so that they are not the client's words."""

    def is_head(line: Line) -> bool:
        patterns = (ORIGINAL, FORWARD, HEADER_FROM, HEADER_NEXT)
        return any(p.match(line.text) for p in patterns)

    end = next((i for i, line in enumerate(lines[1:], 1) if not line.text.strip()), len(lines))
    end = next((i for i in range(end, min(end + 2, len(lines))) if not is_head(lines[i])), end)
    return [replace(r, kind="attribution") if i < end and is_head(r) else r for i, r in enumerate(lines)]


def _code(lines: list[Line]) -> list[Line]:
    diff_from = next((i for i, line in enumerate(lines) if line.text.startswith("diff --git ")), None)

    def is_code(i: int) -> bool:
        text = lines[i].text
        if diff_from is not None and i >= diff_from and re.match(r"[ +\-@]|index |diff ", text):
            return True
        return any(p.match(text) is not None for p in (DIFF, INDENTED_CODE, COMMAND))

    logs = _marked(lines, "log", lambda i: LOG.match(lines[i].text) is not None)
    return _marked(logs, "code", is_code)


def _paragraphs(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    start: int | None = None
    for i, line in enumerate(lines):
        if line.kind or not line.text.strip():
            if start is not None:
                yield start, i
            start = None
        elif start is None:
            start = i
    if start is not None:
        yield start, len(lines)


def _disclaimers(lines: list[Line]) -> list[Line]:
    for start, stop in _paragraphs(lines):
        words = " ".join(line.text for line in lines[start:stop])
        if DISCLAIMER.search(words) and len(words) > 60:
            for i in range(start, stop):
                lines[i] = replace(lines[i], kind="disclaimer")
    return lines


def _signature(lines: list[Line]) -> list[Line]:
    """From `-- ` or a sign-off to the next quote or the end; and a last line that is a name."""
    marked = list(lines)
    for start, stop in _stretches(lines):
        own = [i for i in range(start, stop) if lines[i].text.strip()]
        begin = _signature_start(lines, own)
        if begin is not None:
            for i in range(begin, stop):
                marked[i] = replace(lines[i], kind="signature")
    return marked


def _stretches(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Runs of the author's lines, blank ones included, between what is already marked."""
    start: int | None = None
    for i, line in enumerate(lines):
        if line.kind and start is not None:
            yield start, i
            start = None
        elif not line.kind and start is None:
            start = i
    if start is not None:
        yield start, len(lines)


def _signature_start(lines: Sequence[Line], own: Sequence[int]) -> int | None:
    for place, i in enumerate(own):
        text, left = lines[i].text, own[place + 1 :]
        if SIGNATURE_MARK.search(text.strip() if text.strip() != "--" else "-- "):
            return _above_names(lines, own, place)
        if SIGN_OFF.match(text.strip()) and place > 0 and _are_short(lines, left):
            return i
    if len(own) > 1 and NAME_LINE.match(lines[own[-1]].text) and _stands_apart(lines, own):
        return own[-1]
    return None


def _above_names(lines: Sequence[Line], own: Sequence[int], place: int) -> int:
    """Where the signature begins above `-- `: at the sign-off or the name before it, if any."""
    begin = own[place]
    for i in reversed(own[max(0, place - 3) : place]):
        if SIGN_OFF.match(lines[i].text.strip()):
            return i
        if NAME_LINE.match(lines[i].text) and i > own[0]:
            begin = i
        else:
            break
    return begin


def _are_short(lines: Sequence[Line], left: Sequence[int]) -> bool:
    few = len(left) <= 10
    return few and all(len(lines[i].text) <= 70 and not _is_sentence(lines[i].text) for i in left)


def _is_sentence(text: str) -> bool:
    return len(text.split()) > 5 and text.rstrip().endswith((".", "!", "?"))


def _stands_apart(lines: Sequence[Line], own: Sequence[int]) -> bool:
    return not lines[own[-1]].text.rstrip().endswith((",", ":")) and (
        own[-1] - own[-2] > 1 or lines[own[-2]].text.rstrip().endswith((".", "!", "?", ","))
    )


def _greeting(lines: list[Line]) -> list[Line]:
    """The first line, or its first words, where they only greet."""
    for i, line in enumerate(lines):
        if line.kind or not line.text.strip():
            continue
        match = GREETING.match(line.text)
        if match is not None and match.end() < len(line.text):
            lines[i] = replace(line, greeting=match.end())
        elif match is not None or NAME_LINE.match(line.text) and _more_follows(lines, i):
            lines[i] = replace(line, kind="greeting")
        return lines
    return lines


def _more_follows(lines: Sequence[Line], i: int) -> bool:
    return any(not line.kind and line.text.strip() for line in lines[i + 1 :])

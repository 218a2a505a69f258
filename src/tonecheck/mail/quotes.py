"""Other people's words in a mail: quotes, their attribution lines, old mails, forwards.

The marks are those that mail programs write: Gmail, Outlook, Apple Mail, Thunderbird, Yahoo,
Proton, mutt, Zendesk, Freshdesk, in the languages that they come in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tonecheck.mail.lines import Line, marked

__all__ = ["head_at", "mark_attributions", "mark_history", "mark_quotes"]

QUOTE = re.compile(r"[ \t]{0,3}>")
# Opening word, verb of writing, and what may stand between the verb and the colon.
ATTRIBUTION = re.compile(
    r"(?:On\b.{4,200}?\bwrote\b.{0,60}|Am\b.{4,200}?\b(?:schrieb|hat)\b.{0,120}|Le\b.{4,200}?\ba écrit"
    r"|El\b.{4,200}?\bescribió"
    r"|Il\b.{4,200}?\bha scritto|Op\b.{4,200}?\bschreef\b.{0,120}|(?:Den|Fr[åa]n|Ons|Tis|Man|Tor|Fre|Lör"
    r"|Sön)\b.{4,200}?\bskrev\b.{0,120}"
    r"|Em\b.{4,200}?\bescreveu|(?:W dniu\b|.{2,8}, \d).{4,200}?\bnapisał.{0,120}|.{4,200}?\bkirjoitti"
    r"|Dne\b.{4,200}?\bnapsal.{0,80}"
    r"|.{4,200}?\b(?:пишет|написал\w{0,3})|.{4,200}?写道|.{4,200}?のメール|.{4,200}?님이 작성"
    r"|.{2,120}?\b(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|skrev|escreveu)(?: on\b.{4,60}?)?)"
    r"[ \u00a0]?[:：][ \t]*$",
)
OPENS_ATTRIBUTION = re.compile(r"(?:On|Am|Le|El|Il|Op|Den|Em|W dniu|Dne)\b|.{0,24}\b\d{4}\b")
MAX_WRAPPED = 4
TIME = re.compile(r"\b\d{1,2}[:.h]\d\d\b")
ADDRESS = re.compile(r"<[^<>@\s]{1,80}@[^<>\s]{1,80}>")
BY_HAND = re.compile(r"\b(?:I|we|you|ich|wir|Sie|je|vous|yo|usted)\b")
ORIGINAL = re.compile(
    r"-{2,} ?(?:Original (?:Message|Appointment)|(?:Original|Ursprüngliche )-?Nachricht"
    r"|Message d['’]origine|Message original"
    r"|Mensaje original|Messaggio originale|Oorspronkelijk bericht|Mensagem original|Ursprungligt meddelande"
    r"|Oprindelig meddelelse|Opprinnelig melding|Wiadomość oryginalna)",
    re.IGNORECASE,
)
FORWARD = re.compile(
    r"-{3,} ?(?:Forwarded|Weitergeleitete|Message transféré|Mensaje reenviado|Messaggio inoltrato"
    r"|Doorgestuurd bericht"
    r"|Mensagem encaminhada|Vidarebefordrat|Wiadomość przekazana)|Begin forwarded message:"
    r"|Anfang der weitergeleiteten|Début du message"
    r"|Inicio del mensaje reenviado|Inizio messaggio inoltrato|Begin doorgestuurd bericht",
    re.IGNORECASE,
)
REPLY_ABOVE = re.compile(
    r"\W{2,8}(?=.{4,80}(?:above this line|über dieser Zeile|au-dessus de cette ligne|encima de esta línea))"
    r"|(?:Please )?(?:reply|type your (?:reply|response)|write) above this line\W*$",
    re.IGNORECASE,
)
HEADER_FROM = re.compile(
    r"\*?(?:From|Von|De|Da|Van|Från|Fra|Od|Expéditeur)[ \u00a0]?\*?:\*?[ \u00a0]?\S", re.IGNORECASE
)
HEADER_NEXT = re.compile(
    r"\*?(?:Sent|Date|To|Subject|Cc|Reply-To|Gesendet|Datum|An|Betreff|Envoyé|À|Objet|Enviado(?: el)?|Fecha"
    r"|Para|Asunto|Inviato"
    r"|Data|A|Oggetto|Verzonden|Aan|Onderwerp|Skickat|Till|Ämne|Sendt|Til|Emne|Wysłano|Do|Temat"
    r"|Assunto)[ \u00a0]?\*?:",
    re.IGNORECASE,
)
MAX_HEADERS = 8


def mark_quotes(lines: list[Line], *, flowed: bool = False) -> None:
    """Lines behind `>` in all depths, and blank lines between two of them."""
    for i, line in enumerate(lines):
        if line.text.startswith(">") if flowed else QUOTE.match(line.text):
            marked(lines, "quote", i, i + 1)


def mark_attributions(lines: list[Line]) -> None:
    """`On … wrote:` above a quote, or with a time or an address in it, also over several lines."""
    quote_below = _quote_below(lines)
    i = 0
    while i < len(lines):
        count = _attribution_at(lines, i)
        words = " ".join(line.text.strip() for line in lines[i : i + count])
        if count and (quote_below[i + count - 1] or _is_machine_made(words)):
            marked(lines, "attribution", i, i + count)
            i += count
        else:
            i += 1


def _attribution_at(lines: Sequence[Line], i: int) -> int:
    """How many lines, from line `i` on, make up an attribution; 0 where there is none."""
    text = lines[i].text.strip()
    if lines[i].kind or not text or len(text) > 400:
        return 0
    if text.endswith((":", "：")):
        return 1 if ATTRIBUTION.match(text) else 0
    if not OPENS_ATTRIBUTION.match(text):
        return 0
    for count in range(2, min(MAX_WRAPPED, len(lines) - i) + 1):
        line = lines[i + count - 1]
        if not line.is_own or len(text) > 400:
            return 0
        text = f"{text} {line.text.strip()}"
        if text.endswith((":", "：")):
            return count if ATTRIBUTION.match(text) else 0
    return 0


def _quote_below(lines: Sequence[Line]) -> list[bool]:
    """For each line whether the next one with words is a quote."""
    below, answers = False, []
    for line in reversed(lines):
        answers.append(below)
        below = line.kind == "quote" if line.text.strip() else below
    return answers[::-1]


def _is_machine_made(words: str) -> bool:
    """Whether a mail program wrote this attribution, so that old mail follows even without `>`."""
    return (TIME.search(words) or ADDRESS.search(words)) is not None and not BY_HAND.search(words)


def mark_history(lines: list[Line]) -> None:
    """All that follows a header block, an original-message rule or an attribution without `>`.

    Where the old mail does carry `>`, what stands between is the author's again.
    """
    written = False
    for i, line in enumerate(lines):
        kind, head = _opens_history(lines, i)
        if REPLY_ABOVE.match(line.text.strip()) and not line.kind:
            # At the very top it is the ticket system's own line above the agent's text.
            kind, head = ("quote", 1) if written else ("", 0)
            marked(lines, "attribution", i, i + 1)
        written = written or line.is_own
        if not kind:
            continue
        marked(lines, "attribution", i, i + head)
        if not _has_marks(lines, i + head):
            _mark_old_mail(lines, kind, i + head)
            return


def _opens_history(lines: Sequence[Line], i: int) -> tuple[str, int]:
    """The kind of the old mail that begins at a line, and how many lines its head takes."""
    line, text = lines[i], lines[i].text.strip()
    if line.kind == "attribution":
        return ("", 0) if i + 1 < len(lines) and lines[i + 1].kind == "attribution" else ("quote", 1)
    if line.kind or len(text) > 1000:
        return "", 0
    if FORWARD.match(text):
        return "forward", 1 + _headers(lines, i + 1)
    if ORIGINAL.match(text):
        return "quote", 1 + _headers(lines, i + 1)
    count = _headers_at(lines, i)
    return ("quote", count) if count else ("", 0)


def head_at(lines: Sequence[Line], i: int) -> int:
    """How many lines the head of an old mail takes that begins at line `i`; 0 if none does."""
    return _opens_history(lines, i)[1] or _attribution_at(lines, i)


def _headers_at(lines: Sequence[Line], i: int) -> int:
    """How many lines a From/Sent/To/Subject block takes that begins at line `i`; 0 if none does."""
    if len(lines[i].text) > 1000 or not HEADER_FROM.match(lines[i].text.strip()):
        return 0
    count = _headers(lines, i)
    named = (HEADER_NEXT.match(lines[k].text.strip()) for k in range(i + 1, i + count))
    return count if sum(match is not None for match in named) >= 2 else 0


def _headers(lines: Sequence[Line], i: int) -> int:
    """How many lines of mail headers stand at line `i`, wrapped and blank ones among them counted."""
    last, gap = i, False
    for k in range(i, min(i + MAX_HEADERS + 4, len(lines))):
        text = lines[k].text.strip()[:1000]
        opens = HEADER_FROM.match(text) is not None
        if HEADER_NEXT.match(text) or (opens and not (gap and last > i)):
            last, gap = k + 1, False
        elif text and (gap or opens or k > last):
            break
        gap = gap or not text
    return last - i


def _has_marks(lines: Sequence[Line], i: int) -> bool:
    """Whether one of the next three lines with words is marked as a quote."""
    seen = 0
    for k in range(i, len(lines)):
        if lines[k].kind == "quote":
            return True
        seen += bool(lines[k].text.strip())
        if seen == 3:
            break
    return False


def _mark_old_mail(lines: list[Line], kind: str, start: int) -> None:
    """The rest as `kind`; the heads of still older mails as attributions."""
    i = start
    while i < len(lines):
        count = head_at(lines, i)
        marked(lines, "attribution" if count else kind, i, i + max(count, 1))
        i += max(count, 1)

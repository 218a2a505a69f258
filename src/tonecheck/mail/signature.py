"""How a letter opens and ends: greetings, sign-offs with their name lines, signatures."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from tonecheck.mail.lines import Line, marked, stretches
from tonecheck.mail.names import is_card_line, is_name, is_prose

__all__ = ["mark_greeting", "mark_signatures"]

DELIMITER = re.compile(r"--[ \t]*$")
RULE = re.compile(r"[ \t]*(?:_{2,}|-{3,}|[—–])[ \t]*$")
DEVICE = re.compile(
    r"(?:Sent|Written|Get) (?:from|with|via|using) (?:my |the )?(?:(?:\w+ ){0,2}(?:i?phone|ipad|android"
    r"|galaxy|pixel|blackberry|mobile|tablet)"
    r"|outlook|yahoo|gmail|proton|mail for|aol)|Get Outlook for |Von mein\w{1,2} .{2,30} gesendet"
    r"|Gesendet (?:von|mit) "
    r"|Envoyé (?:de|depuis) (?:mon|l)|Enviado (?:desde|do|a partir) |Inviato da(?:l mio)? |Verstuurd vanaf "
    r"|Verzonden vanaf "
    r"|Skickat från |Sendt fra (?:min|mit) |Wysłane z ",
    re.IGNORECASE,
)
POSTSCRIPT = re.compile(r"(?:p\.? ?){1,3}s\b\.?[ :.,–—-]|p\.?s\.?$", re.IGNORECASE)
# Longer formulas first: a name may follow on the same line, and must not be taken for their second word.
SIGN_OFF = re.compile(
    r"(?:(?:(?:with|my|our|many|all) )?(?:(?:very )?(?:best|kind|kindest|warm|warmest|friendly|many|good"
    r"|sincere) )*(?:regards|wishes)"
    r"(?: from [\w ]{1,40})?"
    r"|(?:many |with |my )?(?:thanks|thank you|thx|ta)(?: and (?:(?:best|kind|warm) )?regards| (?:again"
    r"|so much|very much|in advance))?"
    r"|cheers|all (?:the|my) best|love|ciao|bye|rgds|yours(?: (?:sincerely|faithfully|truly|ever"
    r"|respectfully))?"
    r"|sincerely(?: yours)?|(?:very )?respectfully(?: yours)?|faithfully(?: yours)?|take care|talk soon"
    r"|speak soon|warmly|cordially"
    r"|with (?:sincere |our |my )?(?:apologies|gratitude|appreciation)(?: again)?"
    r"|(?:mit )?(?:(?:viele|beste|liebe|schöne|freundliche|herzliche)[nm]? )?(?:grüßen?|grüssen?|gruß"
    r"|gruss)|mfg"
    r"|(?:bien )?cordialement|bien à vous|salutations(?: distinguées)?|un (?:cordial )?saludo"
    r"|saludos(?: cordiales)?|atentamente"
    r"|(?:cordiali|distinti) saluti|(?:met )?(?:vriendelijke|hartelijke) groet(?:en)?|groeten|pozdrawiam"
    r"|z poważaniem"
    r"|atenciosamente|(?:com os melhores )?cumprimentos|(?:med )?vänliga? hälsning(?:ar)?|mvh"
    r"|(?:med )?venn?lig hilsen"
    r"|best|br|kr|lg|vg)(?P<end>[ \t]*[,.!;–—-]*[ \t]*)(?P<name>$|[^\W\d_].{0,60}$)",
    re.IGNORECASE,
)
DASH = re.compile(r"[-–—~/][ \t]?(?=\S)")
LIST_MARK = re.compile(r"[ \t]*[-–—*•][ \t]")
GREETING = re.compile(
    r"(?i:(?:hi|hello|hey|hiya|dear|hallo|bonjour|hola|ciao|good (?:morning|afternoon|evening|day)"
    r"|greetings|morning|afternoon)\b"
    r"|to whom it may concern\b)"
)
GREETED = re.compile(
    r"[ \t]*+(?:(?i:there|all|both|team|again|everyone|everybody|folks|guys|sir|sirs|madam|or|and|&|/|mr"
    r"|mrs|ms|miss|mx|dr|prof|rev|sra?|sig|valued"
    r"|loyal|customer|client|guest|member|friends?|colleagues|de|da|di|van|von|der|den|frau"
    r"|herr)(?![\w'’])(?:\.(?=[ ]))?"
    r"|@[\w.-]{1,30}(?=[\s,!:]|$)|[^\W\d_a-z](?:[\w'’-]*+|\.)(?=[\s,!:;.–—-]|$)|\[[^\[\]\n]{1,30}\]|\{\{?[^{}\n]{1,30}\}?\}"
    r"|<[\w ]{1,30}>)"
)
GREETING_END = re.compile(r"[ \t]*+(?:[,!:.;]+|[-–—]+(?=[ \t]|$)|$)")
MAX_GREETED = 8
MAX_CARD = 14


def mark_signatures(lines: list[Line]) -> None:
    """From `-- ` or a sign-off to a postscript, a sentence, the next quote or the end."""
    runs = list(stretches(lines))
    spoken = False
    last = max((n for n, (a, b) in enumerate(runs) if any(line.is_own for line in lines[a:b])), default=-1)
    for number, (start, stop) in enumerate(runs):
        own = [i for i in range(start, stop) if lines[i].text.strip()]
        for begin, end in _signatures(lines, own, is_last=number == last, spoken=spoken):
            marked(lines, "signature", begin, end)
        spoken = spoken or any(lines[i].is_own for i in own)


def _signatures(
    lines: Sequence[Line], own: Sequence[int], *, is_last: bool, spoken: bool
) -> list[tuple[int, int]]:
    """The signatures in one stretch; `spoken` where the author already said something above it."""
    found: list[tuple[int, int]] = []
    ends = [*(k for k in range(len(own)) if _is_postscript(lines, own, k)), len(own)]
    place = 0
    while place < len(own):
        text = lines[own[place]].text.strip()
        stop = place
        if len(text) <= 120 and DELIMITER.match(text):
            stop = ends[bisect_right(ends, place)]
            place = _above(lines, own, place)
        elif len(text) <= 120 and DEVICE.match(text):
            stop = place + 1
        elif len(text) <= 120 and (place or spoken):
            stop = _card_end(lines, own, place, ends[bisect_right(ends, place)], is_last)
        if stop > place:
            found.append((own[place], own[stop - 1] + 1))
        place = max(stop, place + 1)
    return found


def _above(lines: Sequence[Line], own: Sequence[int], place: int) -> int:
    """Where the signature begins above `-- `: at the sign-off or the name before it, if any."""
    begin = place
    for k in range(place - 1, max(0, place - 4), -1):
        text = lines[own[k]].text.strip()
        if len(text) <= 120 and _is_sign_off(text):
            return k
        if not is_name(text):
            break
        begin = k
    return begin


def _is_sign_off(text: str) -> bool:
    """A closing formula, alone or with the name behind it on the same line."""
    match = SIGN_OFF.match(text)
    if match is None:
        return False
    return not match["name"] or (bool(match["end"]) and is_name(match["name"].rstrip(".!")))


def _card_end(lines: Sequence[Line], own: Sequence[int], place: int, limit: int, is_last: bool) -> int:
    """Where the name lines end that begin at `place`; `place` itself if none begin there.

    `limit` is where the next postscript begins, or the stretch ends.
    """
    text = lines[own[place]].text.strip()
    is_sign_off, is_rule = _is_sign_off(text), RULE.match(text) is not None
    may_close = is_last and limit - place <= MAX_CARD + 1
    is_closing = may_close and (is_rule or _is_signed_name(lines, own, place))
    is_formula = may_close and place + 1 < limit and _is_formula(text, lines[own[place + 1]].text)
    if not is_sign_off and not is_closing and not is_formula:
        return place
    end = place + 1
    while end < limit and end - place <= MAX_CARD and _goes_on(lines[own[end]].text):
        end += 1
    closes = is_last and end == limit
    if is_sign_off:
        return end if (closes and end == place + 1) or _is_signed(lines, own, place, end) else place
    return end if closes and (end > place + 1 or (is_closing and not is_rule)) else place


def _is_formula(text: str, below: str) -> bool:
    """Whether a short line with a comma closes the letter by its place above a name: `Warmest from Faro,`."""
    return text.endswith(",") and len(text) <= 40 and not is_prose(text) and is_name(below)


def _is_signed(lines: Sequence[Line], own: Sequence[int], place: int, end: int) -> bool:
    """Whether a name stands below a sign-off, or nothing but a business card up to the end."""
    if end == place + 1:
        return False
    text, below = lines[own[place]].text.strip(), lines[own[place + 1]].text.strip()
    return is_name(DASH.sub("", below, count=1)) or (end == len(own) and not text.endswith((".", "!")))


def _goes_on(text: str) -> bool:
    return is_card_line(text) and not DELIMITER.match(text.strip())


def _is_postscript(lines: Sequence[Line], own: Sequence[int], k: int) -> bool:
    return POSTSCRIPT.match(lines[own[k]].text.strip()) is not None


def _is_signed_name(lines: Sequence[Line], own: Sequence[int], place: int) -> bool:
    text = lines[own[place]].text.strip()
    if DASH.match(text):
        listed = place > 0 and LIST_MARK.match(lines[own[place - 1]].text) is not None
        text = "" if listed else DASH.sub("", text, count=1)
    is_signed = is_name(text.split(",")[0]) and is_card_line(text) and not text.endswith((",", ":"))
    return is_signed and _stands_apart(lines, own, place)


def _stands_apart(lines: Sequence[Line], own: Sequence[int], place: int) -> bool:
    above = lines[own[place - 1]].text.rstrip() if place else ""
    far = place == 0 or own[place] - own[place - 1] > 1
    return not above.endswith(":") and (far or above.endswith((".", "!", "?", ",")))


def mark_greeting(lines: list[Line]) -> None:
    """The first line, or its first words, where they only greet."""
    first = next((i for i, line in enumerate(lines) if line.is_own), None)
    if first is None:
        return
    text = lines[first].text
    end = _greeting_end(text)
    if end and end < len(text.rstrip()):
        lines[first] = replace(lines[first], greeting=end)
    elif end or (_is_bare_name(text) and _opens_letter(lines, first)):
        marked(lines, "greeting", first, first + 1)


def _greeting_end(text: str) -> int:
    """How many characters of a line greet; 0 if none do."""
    opening = GREETING.match(text, len(text) - len(text.lstrip()))
    if opening is None:
        return 0
    # "Hi, Ann!" greets to its end, "Hello, We lost it" only to its comma.
    comma = opening.end() + 1 if text[opening.end() : opening.end() + 2] == ", " else opening.end()
    return (_greeted_to(text, comma) if comma > opening.end() else 0) or _greeted_to(text, opening.end())


def _greeted_to(text: str, start: int) -> int:
    end = start
    for _ in range(MAX_GREETED):
        greeted = GREETED.match(text, end)
        if greeted is None:
            break
        end = greeted.end()
    closing = GREETING_END.match(text, end)
    return closing.end() if closing is not None else 0


def _is_bare_name(text: str) -> bool:
    words = text.strip()
    return is_name(words.rstrip(",:!–—- ")) and not is_prose(words)


def _opens_letter(lines: Sequence[Line], first: int) -> bool:
    """Whether more follows a name: after a blank line, or after the name's own comma."""
    more = any(line.is_own for line in lines[first + 1 :])
    ends = lines[first].text.rstrip().endswith((",", ":", "!", "–", "—", "-"))
    return more and (ends or not lines[first + 1].text.strip())

"""Templates to wording, and wording to exact edits: case, inflection, a/an, commas, spaces."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lemminflect import getInflection

from tonecheck.detect.engine import Token
from tonecheck.detect.parser import Block
from tonecheck.detect.reading import sentence_of
from tonecheck.report import Edit, Span

__all__ = ["WRITER_SLOT", "exact_edit", "fill"]

SLOT = re.compile(r"\{([a-z_]+)(?::(@?[A-Za-z_]+))?\}")
WRITER_SLOT = re.compile(r"\[[^\]]*\]")
GAP = re.compile(r"(?:[ \t]*\r?\n)+")
CLOSE_UP = re.compile(r" (?=['’](?:ll|ve|re|d|m|s)\b|n['’]t\b|[.,;!?](?: |$))", re.IGNORECASE)
SILENT_H = ("hour", "honest", "honour", "honor", "heir")
LIKE_YOU = ("uni", "use", "usu", "util", "eu", "one", "once", "ubi")
PLURAL_SUBJECTS = frozenset(("we", "you", "they", "these", "those", "both"))


def fill(
    template: str,
    match: str,
    slots: Mapping[str, Token],
    text: Mapping[str, str],
    words: Mapping[str, Mapping[str, str]] | None = None,
) -> str:
    """The template with its slots filled.

    `{match}` is the matched text, `{name}` a slot's own words, `{name:low}` the same without its
    capital, `{name:many}` in the plural, `{name:be}` the form of *be* that agrees with a form of
    *do*, and `{name:word}` the verb or noun *word* in the slot's inflection (`{verb:use}` for
    "utilised" gives "used"). `{name:@other}` does so with the word that `words` has for the slot
    *other*.
    """

    def put(found: re.Match[str]) -> str:
        name, form = found.groups()
        own = match if name == "match" else text.get(name, "")
        if form is None:
            return own
        if form == "low":
            return lowered(own, slots.get(name))
        if form.startswith("@"):
            form = (words or {}).get(form[1:], {}).get(text.get(form[1:], "").lower(), "").replace(" ", "_")
        if name not in slots:
            return form.replace("_", " ")
        if form == "many":
            return plural(own, slots[name])
        return be_for(slots[name]) if form == "be" else inflected(form, slots[name])

    return CLOSE_UP.sub("", " ".join(SLOT.sub(put, template).split()))


def plural(words: str, last: Token) -> str:
    """The words with the last one, a noun, in the plural."""
    if last.tag_ in {"NNS", "NNPS"}:
        return words
    forms = getInflection(last.lemma_.lower(), "NNS") or (f"{last.text}s",)
    return f"{words[: -len(last.text)]}{forms[0]}"


def lowered(words: str, token: Token | None) -> str:
    """Without the capital that only the place in the sentence gave it."""
    is_name = token is not None and token.pos_ == "PROPN"
    keeps = is_name or words[:2] in {"I ", "I'"} or words == "I" or words[1:2].isupper()
    return words if keeps else words[:1].lower() + words[1:]


def be_for(token: Token) -> str:
    """The form of *be* for a form of *do*: does -> is, do -> are, did -> was or were."""
    form = token.lower_
    if form == "does":
        return "is"
    subject = _subject(token)
    first = subject is not None and subject.lower_ == "i"
    if form == "do":
        return "am" if first else "are"
    return "were" if subject is not None and _is_plural(subject) else "was"


def _subject(token: Token) -> Token | None:
    head = token.head if token.dep_ == "aux" else token
    children = [child for child in head.children if child.dep_.startswith("nsubj")]
    if children:
        return children[0]
    return token.doc[token.i - 1] if token.i else None


def _is_plural(subject: Token) -> bool:
    if subject.lower_ in PLURAL_SUBJECTS or "Plur" in subject.morph.get("Number", []):
        return True
    return subject.tag_ in {"NNS", "NNPS"} or any(c.dep_ == "conj" for c in subject.children)


def inflected(word: str, like: Token) -> str:
    """`word` in the inflection of `like`; unchanged where there is no such form."""
    tag = _tag_of(like)
    is_done = tag in {"VBD", "VBN"} and word.endswith("ed")
    if is_done or tag in {"VB", "VBP", "NN", ""}:
        return word.replace("_", " ")
    first, *rest = word.split("_")
    forms = getInflection(first, tag)
    return " ".join([forms[0] if forms else first, *rest])


def _tag_of(token: Token) -> str:
    """The tag, with the plain endings trusted over a tag that contradicts them."""
    lower = token.lower_
    if lower.endswith("ing") and len(lower) > 4:
        return "VBG"
    if lower.endswith("ed") and token.tag_ not in {"VBD", "VBN"}:
        return "VBD"
    return token.tag_


def exact_edit(block: Block, text: str, first: int, stop: int, wording: str, safe: bool) -> Edit:
    """The edit that puts `wording` for tokens `first` to `stop`, as an editor must apply it.

    A deletion takes its comma and its space, the next word takes the capital, the article before
    agrees; a sentence that is deleted whole takes its full stop.
    """
    if wording:
        return _replacement(block, text, first, stop, wording, safe)
    begins, ends = sentence_of(block, first)
    doc = block.doc
    after = stop
    while after < ends and doc[after].text in {",", ";"}:
        after += 1
    if begins == first and all(doc[i].is_punct for i in range(after, ends)):
        return _without_sentence(block, text, begins, ends, safe)
    if begins == first or (doc[first].is_title and text[block.span(first - 1, first).end - 1] in ".!?"):
        return _without_opening(block, text, first, after, safe)
    return _without_middle(block, text, first, stop, ends, safe)


def _replacement(block: Block, text: str, first: int, stop: int, wording: str, safe: bool) -> Edit:
    span = block.span(first, stop)
    begins, _ = sentence_of(block, first)
    opens = first == begins or all(
        block.doc[i].is_punct or block.doc[i].text.startswith("@") for i in range(begins, first)
    )
    opens = opens or text[: span.start].endswith((". ", "! ", "? "))
    if (opens and text[span.start].isupper()) or (
        block.doc[first].is_upper and len(block.doc[first]) > 1 and block.doc[first].lower_ != "asap"
    ):
        wording = wording[:1].upper() + wording[1:]
    return _with_article(block, text, first, span, wording, wording, safe)


def _with_article(
    block: Block, text: str, first: int, span: Span, wording: str, following: str, safe: bool
) -> Edit:
    """The edit, begun at the article before it where the new next word wants the other one."""
    article = block.doc[first - 1] if first else None
    if article is None or article.lower_ not in {"a", "an"} or not following[:1].isalnum():
        return Edit(span, wording, safe)
    wanted = "an" if sounds_open(following) else "a"
    if article.lower_ == wanted:
        return Edit(span, wording, safe)
    start = block.span(first - 1, first).start
    written = wanted.capitalize() if article.text[0].isupper() else wanted
    return Edit(Span(start, span.end), f"{written} {wording}".rstrip(), safe)


def sounds_open(word: str) -> bool:
    """Whether *an* goes before it."""
    low = word.lower()
    return low.startswith(SILENT_H) or (low[:1] in "aeiou" and not low.startswith(LIKE_YOU))


def _without_sentence(block: Block, text: str, begins: int, ends: int, safe: bool) -> Edit:
    span = block.span(begins, ends)
    start, end = span.start, span.end
    if ends < len(block.doc):
        end = block.span(ends, ends + 1).start
    elif begins > 0:
        start = block.span(begins - 1, begins).end
    elif not text[text.rfind("\n", 0, start) + 1 : start].strip():
        end += _blank_lines(text[end:])
    return Edit(Span(start, end), "", safe)


def _blank_lines(text: str) -> int:
    """How long the rest of the line and the blank ones after it are; 0 where nothing follows them."""
    gap = GAP.match(text)
    return gap.end() if gap is not None and gap.end() < len(text) else 0


def _without_opening(block: Block, text: str, first: int, after: int, safe: bool) -> Edit:
    start, next_word = block.span(first, first + 1).start, block.span(after, after + 1)
    letter = text[next_word.start]
    is_brand = any(c.isupper() for c in block.doc[after].text[1:])
    if text[start].isupper() and letter.islower() and not is_brand:
        return Edit(Span(start, next_word.start + 1), letter.upper(), safe)
    return Edit(Span(start, next_word.start), "", safe)


def _without_middle(block: Block, text: str, first: int, stop: int, ends: int, safe: bool) -> Edit:
    doc = block.doc
    before, after = doc[first - 1], doc[stop] if stop < ends else None
    start, end = block.span(first - 1, first).end, block.span(first, stop).end
    if before.text == "," and (after is None or after.is_punct):
        start = block.span(first - 2, first - 1).end if first > 1 else start
        closes_clause = doc[sentence_of(block, first)[0]].pos_ in {"ADP", "SCONJ"}
        if after is not None and after.text == "," and not closes_clause:
            end = block.span(stop, stop + 1).end
    elif after is not None and not after.is_punct:
        span = Span(block.span(first, first + 1).start, block.span(stop, stop + 1).start)
        following = text[span.end : span.end + 20]
        edit = _with_article(block, text, first, span, "", following, safe)
        return Edit(edit.span, edit.text and edit.text + " ", safe)
    return Edit(Span(start, end), "", safe)

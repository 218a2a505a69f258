"""The closed list of what may be asked about a sentence (`needs` and `unless` of a rule)."""

from __future__ import annotations

import re
from collections.abc import Callable

from tonecheck.detect.engine import DocSpan
from tonecheck.detect.parser import Block

__all__ = ["APOLOGY", "OWNERSHIP", "TIME", "holds"]

APOLOGY = re.compile(
    r"\b(?:(?:i|we)(?:'m| am|'re| are)?(?: both| all| truly| very| really| so| deeply| sincerely"
    r"| genuinely| extremely| terribly| do)* (?:sorry|apologi[sz]e)|(?:my|our)(?: \w+)? apolog(?:y|ies)"
    r"|please accept (?:my|our)(?: \w+)? apolog(?:y|ies)|^(?:so |very |really |truly )?sorry\b"
    r"|(?:i|we) owe you an apology)"
    r"(?!,? (?:if|but|you feel|that you feel|to hear|you(?:'re| are)|for any inconvenience))",
    re.IGNORECASE,
)
OWNERSHIP = re.compile(
    r"\b(?:(?<!not )(?<!n't )(?:my|our)(?: own)? (?:mistake|fault|error|failure|responsibility|job|doing)"
    r"|(?:i|we) (?:made|caused|got (?:it|this|that) wrong|messed|failed|forgot|missed|should have"
    r"|should not have|shouldn't have|broke|overlooked|misread|lost|sent the wrong|let you down"
    r"|take (?:full )?responsibility|underestimated|own (?:this|that|it))"
    r"|\bi(?:'d| would) like to take (?:it|that|those words) back"
    r"|(?:is|was|that's|it's) (?:on (?:me|us)|mine|ours)\b"
    r"|(?:mistake|error|fault|failure|slip|oversight|mix-up|problem)\w* (?:(?:was |is |happened |occurred |arose )?"
    r"(?:on|at) (?:my|our) (?:end|side|desk)|(?:happened|occurred|arose) here\b))",
    re.IGNORECASE,
)
TIME = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|tonight|tomorrow|this (?:morning|afternoon"
    r"|evening|week)|next (?:week|month)|end of (?:the )?(?:day|week|month)|noon|midday|midnight"
    r"|(?:jan|febr)uary|march|april|may \d|june|july|august|(?:sept|nov|dec)ember|october"
    r"|within (?:the )?(?:next )?(?:an?|one|two|three|four|five|\d+)(?:[-–]\d+| to \d+)? (?:working |business )?"
    r"(?:minute|hour|day|week)s?|in (?:an?|one|two|three|four|five|\d+) (?:minute|hour|day|week)s?"
    r"|\d{1,2}(?::\d\d| ?[ap]\.?m\b)|\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct"
    r"|nov|dec)\w*|(?:on|by|before) the \d{1,2}(?:st|nd|rd|th)|\d{1,2}/\d{1,2}|\d{4}-\d\d-\d\d|24 hours|48 hours"
    r"|(?:by|at|before) (?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
    r"(?=[.,;:!?)]|$| (?:and|on|sharp|tomorrow|today|o'clock)\b))",
    re.IGNORECASE,
)
REFUSAL = re.compile(
    r"\b(?:(?:can ?not|can't|won't|will not|are unable|am unable|not able|cannot) (?:\w+ )?(?:offer|refund"
    r"|accept|do|give|waive|extend|change|cover|pay|replace|credit|agree|approve|be)|have to (?:decline|refuse)"
    r"|not (?:eligible|possible|covered|refundable))\b",
    re.IGNORECASE,
)


AGENT = re.compile(
    r"\bby (?!the (?:end|time|close)\b|\d)"
    r"(?:(?:the|an?|one|our|your|my|his|her|their|its|this|that) (?!(?:own )?(?:mistake|error|oversight|accident)\b)"
    r"|(?:you|us|me|him|them|[A-Z]\w*)\b)"
)


def _agent_named(sentence: DocSpan) -> bool:
    """Whether a “by …” names somebody, not a time."""
    text = sentence.text
    return any(not TIME.match(text, found.start() + 3) for found in AGENT.finditer(text))


def _passive(sentence: DocSpan) -> bool:
    if any(token.dep_ in {"nsubj:pass", "aux:pass"} for token in sentence):
        return True
    return bool(re.search(r"\b(?:was|were|been|being|is|are|be) \w+(?:ed|en)\b", sentence.text))


def _question(sentence: DocSpan) -> bool:
    return sentence.text.rstrip("\"') ").endswith("?")


def _matches(pattern: str) -> Callable[[DocSpan], bool]:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda sentence: compiled.search(sentence.text) is not None


_TESTS: dict[str, Callable[[DocSpan], bool]] = {
    "agent-named": _agent_named,
    "apology": lambda sentence: APOLOGY.search(sentence.text) is not None,
    "conditional": _matches(r"\b(?:if|unless|whether|should you|in case)\b"),
    "first-person": _matches(r"\b(?:i|we|me|us|my|our|mine|ours)\b"),
    "gives-reason": _matches(r"\b(?:because|since|so that|the reason|otherwise|which would|in order to)\b"),
    "future": _matches(r"(?:\b(?:will|shall|going to)\b|'ll\b)"),
    "has-time": lambda sentence: TIME.search(sentence.text) is not None,
    "negated": _matches(r"(?:\b(?:not|no|never|nothing|nobody|none|cannot|neither|nor|without)\b|n't\b)"),
    "owned": lambda sentence: OWNERSHIP.search(sentence.text) is not None,
    "passive": _passive,
    "past": lambda sentence: any(token.tag_ in {"VBD", "VBN"} for token in sentence),
    "question": _question,
    "refusal": lambda sentence: REFUSAL.search(sentence.text) is not None,
    "second-person": _matches(r"\b(?:you|your|yours|yourself)\b"),
}


def holds(fact: str, block: Block, first: int, stop: int) -> bool:
    """Whether the fact holds of a sentence by itself; those of its place are the caller's."""
    doc = block.doc if fact == "passive" else block.tagged if fact == "past" else block.words
    return fact in _TESTS and _TESTS[fact](doc[first:stop])

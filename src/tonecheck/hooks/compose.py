"""A letter as a compose window holds it, put to the gate like the mail that it will become."""

from __future__ import annotations

from collections.abc import Mapping
from email.header import Header
from email.mime.text import MIMEText
from email.utils import getaddresses
from functools import partial
from typing import Any

from tonecheck.config import Config
from tonecheck.errors import InputError

__all__ = ["FIELDS", "decision_on", "mail_of", "recipients_of"]

# What a compose window tells, with the kind of each.
FIELDS: Mapping[str, type] = {
    "from": str,
    "to": list,
    "cc": list,
    "bcc": list,
    "subject": str,
    "body": str,
    "html": bool,
}
RECIPIENTS = ("to", "cc", "bcc")


def mail_of(fields: Mapping[str, Any]) -> bytes:
    """A mail with these words, for the gate to read; nobody sends it. Raises InputError."""
    for name, value in fields.items():
        if name not in FIELDS:
            raise InputError(f"unknown field “{name[:40]}”; known: {', '.join(FIELDS)}")
        if not isinstance(value, FIELDS[name]):
            raise InputError(f"“{name}” must be a {FIELDS[name].__name__}")
    body = _whole(fields.get("body", ""))
    mail = MIMEText(body, "html" if fields.get("html") else "plain", "utf-8")
    for name in ("from", "subject"):
        mail[name.title()] = _header(fields.get(name, ""))
    for name in RECIPIENTS:
        if fields.get(name):
            mail[name.title()] = _header(", ".join(map(_text, fields[name])))
    return mail.as_bytes()


def decision_on(fields: Mapping[str, Any], config: Config) -> dict[str, Any]:
    """The gate's decision, within a server that keeps the checker warm. Raises InputError."""
    from tonecheck.hooks.gate import decide
    from tonecheck.hooks.show import told
    from tonecheck.serve.checking import in_turn

    mail, recipients = mail_of(fields), recipients_of(fields)
    check = partial(in_turn, config=config)
    return told(decide(mail, config=config, recipients=recipients, can_ask=True, check=check))


def recipients_of(fields: Mapping[str, Any]) -> list[str]:
    """The addresses that the letter goes to; what is no address, such as a list's name, as it stands."""
    given = [_text(one) for name in RECIPIENTS for one in fields.get(name, ())]
    return [address or "?" for _, address in getaddresses(given)]


def _text(recipient: object) -> str:
    """A recipient as text; mail programs name a contact or a list by an object of their own."""
    return recipient if isinstance(recipient, str) else "?"


def _header(value: str) -> str:
    return Header(" ".join(_whole(value).split()), "utf-8").encode(maxlinelen=0)


def _whole(text: str) -> str:
    """The text without halves of characters, which no mail can carry."""
    return text.encode("utf8", "replace").decode("utf8")

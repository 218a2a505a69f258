"""Mail addresses in headers, and whether a list of addresses and domains has one."""

from __future__ import annotations

from collections.abc import Iterable
from email.message import Message
from email.utils import getaddresses

__all__ = ["RECIPIENT_HEADERS", "addresses_in", "is_among"]

RECIPIENT_HEADERS = ("To", "Cc", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc")


def addresses_in(head: Message, *names: str) -> list[str]:
    """The bare addresses in these headers, in order."""
    fields = [str(value) for name in names for value in head.get_all(name, [])]
    return [address for _, address in getaddresses(fields)]


def is_among(address: str, listed: Iterable[str]) -> bool:
    """Whether the list has the address (in lower case), its domain or a domain above that."""
    domain = address.rpartition("@")[2]
    for entry in listed:
        entry = entry.casefold()
        name, _, wanted = entry.rpartition("@")
        if name and address == entry:
            return True
        if not name and (domain == wanted or domain.endswith(f".{wanted}")):
            return True
    return False

"""What stands behind MAIL and RCPT: an address, and parameters of extensions."""

from __future__ import annotations

import re
from collections.abc import Container

__all__ = ["acceptable", "address_in", "declared_size"]

ADDRESS = re.compile(r'<(?:@[^:>]*:)?((?:"(?:[^"\\]|\\.)*"|[^>"])*)>')
# Parameters without which a mail can go just as well, and the extension that each belongs to.
INFORMATIVE = {"RET": "dsn", "ENVID": "dsn", "NOTIFY": "dsn", "ORCPT": "dsn", "SIZE": "size", "AUTH": "auth"}


def address_in(argument: str) -> str:
    """The address in `FROM:<…>` or `TO:<…>`, without a route; empty for a bounce's sender."""
    found = ADDRESS.search(argument)
    return found[1] if found else ""


def declared_size(argument: str) -> int:
    """The bytes that a client announces with `SIZE=`; 0 where it does not."""
    sizes = (value for name, value in map(_split, _parameters(argument)) if name == "SIZE")
    return next((int(value) for value in sizes if value.isdecimal()), 0)


def acceptable(argument: str, extensions: Container[str]) -> str:
    """The argument without what a next hop with these extensions would refuse in vain.

    Postfix passes on what it offers itself, whatever the proxy before its queue offers.
    """
    found = ADDRESS.search(argument)
    strange = [word for word in _parameters(argument) if _is_strange(word, extensions)]
    if found is None or not strange:
        return argument
    known = [word for word in _parameters(argument) if word not in strange]
    return " ".join((argument[: found.end()], *known))


def _parameters(argument: str) -> list[str]:
    found = ADDRESS.search(argument)
    return argument[found.end() :].split() if found else []


def _is_strange(parameter: str, extensions: Container[str]) -> bool:
    extension = INFORMATIVE.get(_split(parameter)[0])
    return extension is not None and extension not in extensions


def _split(parameter: str) -> tuple[str, str]:
    name, _, value = parameter.partition("=")
    return name.upper(), value

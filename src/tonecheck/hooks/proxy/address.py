"""Where the proxy listens and whom it passes mail on to."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from tonecheck.errors import InputError

__all__ = ["Address", "address_of", "refuse_loop", "refuse_remote"]

IP = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Address:
    """A host and a TCP port, and the numeric addresses that the host stands for."""

    host: str
    port: int
    ips: tuple[IP, ...]

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def address_of(written: str, option: str) -> Address:
    """The address in `HOST:PORT` or `[IPV6]:PORT`. Raises InputError."""
    wrong = InputError(f"{option} {written}: not an address; write it as 127.0.0.1:10026 or [::1]:10026")
    try:
        parts = urlsplit(f"//{written}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise wrong from None
    if not host or port is None or parts.netloc != written or "@" in written:
        raise wrong
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise InputError(f"{option} {written}: no such host; write its numeric address") from None
    ips = dict.fromkeys(ip_address(str(entry[4][0]).partition("%")[0]) for entry in found)
    return Address(host, port, tuple(ips))


def refuse_remote(listen: Address) -> None:
    """Raises InputError where other machines could reach the proxy."""
    if not all(ip.is_loopback for ip in listen.ips):
        raise InputError(
            f"--listen {listen}: other machines could send mail through this proxy as if from here; "
            "listen on 127.0.0.1, or add --allow-remote if a firewall keeps them out"
        )


def refuse_loop(listen: Address, next_hop: Address) -> None:
    """Raises InputError where the next hop is the proxy itself, whatever name it goes by."""
    same = any(_reaches(ip, at) for ip in next_hop.ips for at in listen.ips)
    if listen.port == next_hop.port != 0 and same:
        raise InputError(
            f"--next-hop {next_hop}: this is where the proxy itself listens, so that a mail would go "
            "round in circles; name the port on which your mail server takes the mail back"
        )


def _reaches(ip: IP, at: IP) -> bool:
    """Whether a connection to `ip` arrives where something listens at `at`."""
    if ip == at:
        return True
    if at.is_loopback:
        return ip.is_loopback or ip.is_unspecified
    return at.is_unspecified and (ip.is_loopback or ip.is_unspecified or _is_here(ip))


def _is_here(ip: IP) -> bool:
    """Whether this machine has the address: only then can a socket be bound to it."""
    with socket.socket(socket.AF_INET if ip.version == 4 else socket.AF_INET6) as probe:
        try:
            probe.bind((str(ip), 0))
        except OSError:
            return False
    return True

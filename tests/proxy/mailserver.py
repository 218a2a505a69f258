"""A real Postfix in a folder of its own, set up with the lines of examples/postfix.md."""

from __future__ import annotations

import random
import re
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from hop import NextHop, next_hop
from stage import PATIENT, Running, proxy

PAGE = (Path(__file__).parents[2] / "examples" / "postfix.md").read_text("utf8")

MAIN = """
compatibility_level = 3.6
myhostname = localhost
mydestination =
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
alias_maps =
alias_database =
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
smtputf8_enable = yes
notify_classes =
disable_dns_lookups = yes
in_flow_delay = 0
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
default_destination_concurrency_limit = 20
initial_destination_concurrency = 20
default_destination_concurrency_negative_feedback = 0
"""
MASTER = """
postlog   unix-dgram n  -       n       -       1       postlogd
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
smtp      unix  -       -       n       -       -       smtp
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
showq     unix  n       -       n       -       -       showq
proxymap  unix  -       -       n       -       -       proxymap
anvil     unix  -       -       n       -       1       anvil
scache    unix  -       -       n       -       1       scache
"""


def block(kind: str) -> str:
    """What the page says in its fence “```kind”."""
    found = re.search(rf"^( *)```{re.escape(kind)}\n(.*?)^ *```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"examples/postfix.md has no block “{kind}”"
    return "".join(line.removeprefix(found[1]) for line in found[2].splitlines(keepends=True))


def free_port() -> int:
    """A free port below those that the system gives to whoever asks, so that it is still free when it is used."""
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


@dataclass(frozen=True)
class Postfix:
    """A Postfix that runs, with its configuration in `conf`."""

    folder: Path

    @property
    def conf(self) -> Path:
        return self.folder / "conf"

    @property
    def log(self) -> str:
        return (self.folder / "mail.log").read_text("utf8", "replace")

    def run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [f"/usr/sbin/{program}", "-c", str(self.conf), *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def postfix(main: str, master: str, files: Mapping[str, str]) -> Iterator[Postfix]:
    """Postfix with lines added to its main.cf and master.cf, and further files beside them."""
    # Not under pytest's folder, which Postfix's own user may not enter.
    folder = Path(tempfile.mkdtemp(prefix="tonecheck-postfix-"))
    server = Postfix(folder)
    try:
        folder.chmod(0o755)
        for name in ("conf", "queue", "data"):
            (folder / name).mkdir()
        shutil.chown(folder / "data", "postfix")
        parts = {"main.cf": MAIN.format(folder=folder) + main, "master.cf": MASTER + master, **files}
        for name, text in parts.items():
            (server.conf / name).write_text(text.replace("/etc/postfix", str(server.conf)), "utf8")
        server.run("postfix", "start")
        try:
            yield server
        finally:
            server.run("postfix", "stop")
    finally:
        shutil.rmtree(folder)


@dataclass(frozen=True)
class Site:
    """The page's set-up: people hand in mail at `port`, the rest of the world is a next hop."""

    port: int
    server: Postfix
    proxy: Running
    world: NextHop


@contextmanager
def site(folder: Path, *options: str, more: str = "", next_port: int = 0) -> Iterator[Site]:
    """The page's set-up on free ports, with `more` for its master.cf.

    `next_port` is the proxy's next hop where that is not Postfix itself.
    """
    submission, start = free_port(), _start_line()
    master = (block("cf master.cf") + more).replace("submission", f"127.0.0.1:{submission}")
    for port in ("10025", "10026"):
        free = str(free_port())
        master = master.replace(port, free)
        start = [word.replace(port, free) for word in start]
    if next_port:
        start[start.index("--next-hop") + 1] = f"127.0.0.1:{next_port}"
    files = {name: block(f"cf {name}") for name in ("tonecheck_outgoing", "tonecheck_hold")}
    with (
        next_hop() as world,
        proxy(folder, *start, *options, config=block("toml") + PATIENT) as running,
        postfix(f"{block('cf main.cf')}relayhost = [127.0.0.1]:{world.port}\n", master, files) as server,
    ):
        yield Site(submission, server, running, world)


def _start_line() -> list[str]:
    line = next(line for line in block("ini").splitlines() if line.startswith("ExecStart="))
    program, command, *options = shlex.split(line.removeprefix("ExecStart="))
    assert (Path(program).name, command) == ("tonecheck", "proxy")
    return options


def wait_for(what: Callable[[], object], site: Site) -> None:
    until = time.monotonic() + 60
    while not what():
        assert time.monotonic() < until, site.server.log + site.proxy.log
        time.sleep(0.05)

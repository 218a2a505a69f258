"""The add-on in the real Thunderbird, with the real host, the real gate and a real server for its mail."""

from __future__ import annotations

import asyncio
import email
import email.policy
import re
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from typing import Any, cast

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from conftest import Home
from thunderbird import PATIENCE, Thunderbird, thunderbird

FAULTY = (
    "<p>Hi Hilda,</p><p>Apparently Part X doesn't meet desired performance quotas in <b>real-world</b> "
    "applications. We apologise for any inconvenience this may have caused. I will send you two new valves "
    "by Friday.</p><p>Best regards,<br>Owen Marsh</p>"
)
GOOD = (
    "<p>Hi Hilda,</p><p>You told us that the valve leaks. I am sorry: we sent the wrong part. I will send you two "
    "new valves by Friday.</p><p>Best regards,<br>Owen Marsh</p>"
)
WRITE = """
const params = Cc["@mozilla.org/messengercompose/composeparams;1"].createInstance(Ci.nsIMsgComposeParams);
params.composeFields = Cc["@mozilla.org/messengercompose/composefields;1"].createInstance(Ci.nsIMsgCompFields);
params.type = Ci.nsIMsgCompType.New;
params.format = given.plain ? Ci.nsIMsgCompFormat.PlainText : Ci.nsIMsgCompFormat.HTML;
params.identity = MailServices.accounts.allIdentities[0];
Object.assign(params.composeFields, { to: given.to, subject: given.subject, body: given.body });
MailServices.compose.OpenComposeWindowWithParams(null, params);
await until(() => compose()?.composeEditorReady && !compose().document.getElementById("button-send").disabled);
"""
PRESS_SEND = 'compose().document.getElementById("button-send").click();'
PANEL = "return await until(() => inPanel(\"return document.querySelector('#findings li') && document.body.innerText\"));"
CLICK = """
const press = `const button = [...document.querySelectorAll("button")].find((b) => b.textContent.includes("${given}"));
button?.click(); return Boolean(button);`;
await until(() => inPanel(press));
"""
CLOSED = 'await until(() => !windows("msgcompose").length && !windows("mail:extensionPopup").length);'
DISCARD = """
for (const window of windows("mail:extensionPopup")) window.close();
for (const window of windows("msgcompose")) { window.gContentChanged = false; window.close(); }
await until(() => !windows("msgcompose").length && !windows("mail:extensionPopup").length);
"""
NOTICED = """
const notices = () => windows("alert:alert").map((window) => window.document.documentElement.textContent);
await until(() => notices().some((words) => words.includes(given)));
"""


class Post:
    """A server that takes mail in."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(
            self._loop.create_server(lambda: SMTP(self, loop=self._loop), "127.0.0.1", 0)
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep a mail."""
        content = cast(bytes, envelope.content)
        self.mails.append(cast(EmailMessage, email.message_from_bytes(content, policy=email.policy.default)))
        return "250 Ok"

    def next(self, before: int) -> EmailMessage:
        """The mail that came after so many others."""
        end = time.monotonic() + PATIENCE
        while len(self.mails) == before and time.monotonic() < end:
            time.sleep(0.05)
        assert len(self.mails) == before + 1
        return self.mails[-1]

    def close(self) -> None:
        """Take no more."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._server.close()
        self._loop.run_until_complete(self._server.wait_closed())
        self._loop.close()


class Desk:
    """A writer's Thunderbird with tonecheck in it, and the server that it sends to."""

    def __init__(self, home: Home, post: Post, program: Thunderbird) -> None:
        self.home = home
        self.post = post
        self.program = program
        self.host = home.folder / ".local" / "share" / "tonecheck" / "thunderbird-host"

    def send(self, body: str, to: str = "Hilda <hilda@client.example>", *, plain: bool = False) -> None:
        """Write a letter and press Send."""
        self.program.run(WRITE, {"to": to, "subject": "Part X: größer", "body": body, "plain": plain})
        self.program.run(PRESS_SEND)

    def text(self) -> str:
        """The words that stand in the compose window."""
        return cast(str, self.program.run('return letter().innerText.replace(/\\s+/g, " ");'))


@pytest.fixture(scope="module")
def running(warm: Home) -> Iterator[Desk]:
    """Thunderbird as a user sets it up: with what `tonecheck hook install` made."""
    warm.settings('own_domains = ["acme.example"]\n')
    done = warm.run("hook", "install", "thunderbird", "--yes")
    assert done.returncode == 0, done.stderr
    with (
        closing(Post()) as post,
        thunderbird(warm.folder, warm.environment, {"mail.smtpserver.smtp1.port": post.port}) as program,
    ):
        desk = Desk(warm, post, program)
        add_on = str(desk.host.with_name("thunderbird.xpi"))
        program.ask("Addon:Install", {"path": add_on, "temporary": True})
        yield desk


@pytest.fixture
def desk(running: Desk) -> Iterator[Desk]:
    """The same Thunderbird, its windows closed after each test and its host as it was."""
    host = running.host.read_bytes()
    yield running
    running.host.write_bytes(host)
    running.program.run(DISCARD)


def words(mail: EmailMessage) -> str:
    """What the client reads."""
    body: Any = mail.get_body(("plain", "html"))
    return " ".join(body.get_content().split())


def test_a_mail_with_faults_is_stopped_and_send_anyway_sends_it(desk: Desk) -> None:
    before = len(desk.post.mails)
    desk.send(FAULTY)
    shown = desk.program.run(PANEL)
    assert re.search(r"doublespeak \d\d \(limit 50\): “doesn't meet desired performance quotas”", shown)
    assert len(desk.post.mails) == before
    assert "Apparently Part X doesn't meet desired performance quotas in real-world" in desk.text()
    desk.program.run(CLICK, "Send anyway")
    assert "Apparently Part X doesn't meet" in words(desk.post.next(before))
    desk.program.run(CLOSED)


def test_an_edit_changes_its_words_only_undo_takes_it_back_and_send_checks_again(desk: Desk) -> None:
    before = len(desk.post.mails)
    desk.send(FAULTY)
    desk.program.run(PANEL)
    was = desk.text()
    desk.program.run(CLICK, "is not working correctly")
    fixed = was.replace("doesn't meet desired performance quotas", "is not working correctly")
    assert desk.program.run('return letter().querySelector("b").textContent') == "real-world"
    assert desk.text() == fixed
    desk.program.run('compose().goDoCommand("cmd_undo");')
    assert desk.text() == was
    desk.program.run('compose().goDoCommand("cmd_redo");')
    for offer in ("leave it out", "leave it out"):
        desk.program.run(CLICK, offer)
    assert "Part X is not working correctly. We apologise" in desk.text()
    assert len(desk.post.mails) == before
    desk.program.run('letter().querySelectorAll("p")[1].textContent = given;', GOOD.split("<p>")[2][:-4])
    desk.program.run(CLICK, "Send")
    assert "we sent the wrong part" in words(desk.post.next(before))
    desk.program.run(CLOSED)


def test_an_edit_leaves_the_same_words_of_the_client_alone(desk: Desk) -> None:
    asked = "Is it that the pump doesn't meet desired performance quotas in real-world applications?"
    head = '<div class="moz-cite-prefix">On 24/11/2026 09:14, Hilda wrote:</div>'
    desk.send(f'{FAULTY}{head}<blockquote type="cite"><p>{asked}</p></blockquote>')
    desk.program.run(PANEL)
    desk.program.run(CLICK, "is not working correctly")
    assert desk.program.run('return letter().querySelector("blockquote").textContent.trim()') == asked
    assert "Part X is not working correctly in real-world" in desk.text()


def test_a_good_mail_goes_without_a_question_and_unchanged(desk: Desk) -> None:
    before = len(desk.post.mails)
    desk.send(GOOD)
    mail = desk.post.next(before)
    assert mail["Subject"] == "Part X: größer"
    assert "I am sorry: we sent the wrong part. I will send you two new valves by Friday." in words(mail)


def test_a_mail_to_a_colleague_goes_without_a_question(desk: Desk) -> None:
    before = len(desk.post.mails)
    desk.send(FAULTY, to="Ida <ida@acme.example>")
    assert "Apparently" in words(desk.post.next(before))


def test_a_letter_in_plain_text_is_stopped_and_mended_too(desk: Desk) -> None:
    text = (
        "Apparently Part X doesn't meet desired performance quotas. I will send you two new valves by Friday."
    )
    desk.send(f"Hi Hilda,\n\n{text}\n\nBest regards,\nOwen Marsh\n", plain=True)
    assert "doesn't meet desired performance quotas" in desk.program.run(PANEL)
    desk.program.run(CLICK, "is not working correctly")
    assert "Apparently Part X is not working correctly. I will send you" in desk.text()


def test_a_host_that_is_killed_lets_the_mail_go_and_says_so(desk: Desk) -> None:
    before = len(desk.post.mails)
    desk.host.write_text("#!/bin/sh\nkill -9 $$\n")
    desk.send(FAULTY)
    desk.program.run(NOTICED, "sent unchecked: tonecheck does not answer")
    assert "Apparently" in words(desk.post.next(before))


def test_a_host_that_hangs_lets_the_mail_go_and_says_so(desk: Desk) -> None:
    before = len(desk.post.mails)
    desk.host.write_text("#!/bin/sh\nexec sleep 600\n")
    desk.send(FAULTY)
    desk.program.says("sent unchecked: tonecheck took longer than 10 seconds")
    assert "Apparently" in words(desk.post.next(before))


def test_a_checker_that_is_too_slow_lets_the_mail_go_and_says_so(desk: Desk) -> None:
    before = len(desk.post.mails)
    desk.home.settings('timeout = 0.001\nown_domains = ["acme.example"]\n')
    longer = "".join(f"<p>Apparently valve {number} failed in the field.</p>" for number in range(100))
    try:
        desk.send(FAULTY + longer)
        desk.program.says("sent unchecked: tonecheck took longer than 0.001 seconds")
        assert "Apparently" in words(desk.post.next(before))
    finally:
        desk.home.settings('own_domains = ["acme.example"]\n')

"""A real Thunderbird without a screen, driven through Marionette."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PATIENCE = 120  # seconds, for a busy machine
# A user with one sender and one server for outgoing mail, and none of the first start's windows.
PREFS = {
    "marionette.port": 0,
    "alerts.useSystemBackend": False,  # there is no desktop to show them
    "app.donation.eoy.version.viewed": 999,
    "app.normandy.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "devtools.console.stdout.content": True,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": True,
    "extensions.getAddons.cache.enabled": False,
    "extensions.update.enabled": False,
    "mail.account.account1.identities": "id1",
    "mail.account.account1.server": "server1",
    "mail.accountmanager.accounts": "account1",
    "mail.accountmanager.defaultaccount": "account1",
    "mail.accountmanager.localfoldersserver": "server1",
    "mail.identity.id1.doFcc": False,
    "mail.identity.id1.fullName": "Owen Marsh",
    "mail.identity.id1.smtpServer": "smtp1",
    "mail.identity.id1.useremail": "owen@acme.example",
    "mail.identity.id1.valid": True,
    "mail.provider.enabled": False,
    "mail.rights.version": 1,
    "mail.server.server1.hostname": "Local Folders",
    "mail.server.server1.name": "Local Folders",
    "mail.server.server1.type": "none",
    "mail.server.server1.userName": "nobody",
    "mail.shell.checkDefaultClient": False,
    "mail.smtp.defaultserver": "smtp1",
    "mail.smtpserver.smtp1.authMethod": 1,
    "mail.smtpserver.smtp1.hostname": "127.0.0.1",
    "mail.smtpserver.smtp1.try_ssl": 0,
    "mail.smtpservers": "smtp1",
    "mail.spellcheck.inline": False,
    "mailnews.start_page.enabled": False,
    "toolkit.telemetry.enabled": False,
}
# Each script below runs with these in reach, and gives its result to `done`.
PRELUDE = """
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const given = arguments[0];
const done = arguments[arguments.length - 1];
const pause = () => new Promise((go) => setTimeout(go, 50));
const until = async (found) => { for (;;) { const it = await found(); if (it) return it; await pause(); } };
const windows = (type) => [...Services.wm.getEnumerator(type)];
const compose = () => windows("msgcompose").at(-1);
const letter = () => compose().GetCurrentEditor().document.body;
// What runs in the panel: it is a page in a process of its own.
const inPanel = async (code) => {
  const browser = windows("mail:extensionPopup").at(-1)?.document.querySelector("browser");
  if (!browser?.messageManager) return null;
  return await new Promise((answer) => {
    const name = `test-${Math.random()}`;
    browser.messageManager.addMessageListener(name, (message) => answer(message.data));
    const script = `sendAsyncMessage("${name}", ((document) => { ${code} })(content.document));`;
    browser.messageManager.loadFrameScript("data:text/javascript," + encodeURIComponent(script), false);
    setTimeout(() => answer(null), 2000); // the page was just being loaded: it is asked again
  });
};
(async () => { BODY })().then((it) => done({ it }), (error) => done({ error: String(error) }));
"""


class Thunderbird:
    """A running Thunderbird, asked through its Marionette port."""

    def __init__(self, port: int, log: Path) -> None:
        self._log = log
        self._link = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._stream = self._link.makefile("rb")
        self._receive()
        self._number = 0
        self.ask("WebDriver:NewSession", {"capabilities": {}})
        self.ask("WebDriver:SetTimeouts", {"script": 1000 * PATIENCE})
        self.ask("Marionette:SetContext", {"value": "chrome"})

    def ask(self, command: str, parameters: dict[str, Any]) -> Any:
        """The result of a command."""
        self._number += 1
        words = json.dumps([0, self._number, command, parameters]).encode()
        self._link.sendall(b"%d:%b" % (len(words), words))
        _, _, error, result = self._receive()
        assert error is None, error
        return result

    def run(self, script: str, given: object = None) -> Any:
        """What a script in Thunderbird's own windows returns."""
        body = PRELUDE.replace("BODY", script)
        told = self.ask("WebDriver:ExecuteAsyncScript", {"script": body, "args": [given]})["value"]
        assert "error" not in told, told
        return told.get("it")

    def says(self, words: str) -> None:
        """Wait until an add-on has said so in Thunderbird's console."""
        end = time.monotonic() + PATIENCE
        while words not in self._log.read_text("utf8", "replace"):
            assert time.monotonic() < end, f"it never said “{words}”"
            time.sleep(0.1)

    def close(self) -> None:
        """Let go of it."""
        self._stream.close()
        self._link.close()

    def _receive(self) -> Any:
        size = b""
        while (digit := self._stream.read(1)) != b":":
            size += digit
        return json.loads(self._stream.read(int(size)))


@contextmanager
def screen() -> Iterator[str]:
    """The name of a display that nobody looks at."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as process:
        os.close(writing)
        with open(reading) as told:
            number = told.readline().strip()
        try:
            yield f":{number}"
        finally:
            process.terminate()


@contextmanager
def thunderbird(folder: Path, environment: dict[str, str], prefs: dict[str, object]) -> Iterator[Thunderbird]:
    """Thunderbird with a profile of its own in `folder`."""
    profile = folder / "profile"
    profile.mkdir()
    lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in {**PREFS, **prefs}.items())
    (profile / "user.js").write_text("".join(lines))
    command = ["thunderbird", "--marionette", "--remote-allow-system-access", "--no-remote"]
    with screen() as display, (folder / "thunderbird.log").open("w") as log:
        env = {**environment, "DISPLAY": display, "MOZ_CRASHREPORTER_DISABLE": "1"}
        with subprocess.Popen(
            [*command, "--profile", str(profile)], env=env, stdout=log, stderr=log, start_new_session=True
        ) as process:
            driver = None
            try:
                driver = Thunderbird(_port(profile, process), Path(log.name))
                yield driver
            finally:
                if driver is not None:
                    driver.close()
                process.terminate()
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()


def _port(profile: Path, process: subprocess.Popen[bytes]) -> int:
    end = time.monotonic() + PATIENCE
    told = profile / "MarionetteActivePort"
    while time.monotonic() < end and process.poll() is None:
        if told.exists() and (number := told.read_text().strip()):
            return int(number)
        time.sleep(0.1)
    raise AssertionError("Thunderbird did not start")

"""Outlook's add-in in real Chromium against a real `tonecheck serve`; only Outlook itself is a stand-in."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from playwright.sync_api import Browser, Page, expect
from serving import Server, serving

PATIENCE = 120_000  # milliseconds, for a busy machine
OFFICE = Path(__file__).with_name("office.js")
FAULTY = (
    "<p>Hi Hilda,</p><p>Apparently Part X doesn't meet desired performance quotas in real-world applications. "
    "We apologise for any inconvenience this may have caused. I will send you two new valves by Friday.</p>"
    "<p>Best regards,<br>Owen Marsh</p>"
)
GOOD = (
    "<p>Hi Hilda,</p><p>You told us that the valve leaks. I am sorry: we sent the wrong part. I will send you two "
    "new valves by Friday.</p><p>Best regards,<br>Owen Marsh</p>"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server by https, as Outlook demands it, for a house whose own domain is acme.example."""
    folder = tmp_path_factory.mktemp("outlook")
    certificate = trustme.CA().issue_cert("localhost")
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    certificate.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    (folder / ".tonecheck.toml").write_text('own_domains = ["acme.example"]\ntimeout = 300\n')
    with serving(folder, "--cert", "cert.pem", "--key", "key.pem", "--name", "localhost") as running:
        yield running


@pytest.fixture
def outlook(browser: Browser, server: Server) -> Iterator[Page]:
    """A page that gets the stand-in where it asks Microsoft for Outlook's own script."""
    context = browser.new_context(ignore_https_errors=True, permissions=["clipboard-read", "clipboard-write"])
    context.route("https://appsforoffice.microsoft.com/**", lambda route: route.fulfill(path=OFFICE))
    page, errors = context.new_page(), []
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def launch(outlook: Page, server: Server) -> Page:
    """The page that Outlook loads for its events, in a browser that knows the token."""
    outlook.goto(f"{server.url}outlook/launch.html")
    outlook.evaluate("(token) => localStorage.setItem('tonecheck-token', token)", server.token)
    return outlook


def sent(page: Page, body: str) -> dict[str, Any]:
    """What the add-in tells Outlook when Send is pressed."""
    told: dict[str, Any] = page.evaluate("pressSend", body)
    return told


def remarks(page: Page) -> list[str]:
    """What it wrote above the letter."""
    told: list[str] = page.evaluate("seen.remarks")
    return told


def test_a_letter_with_faults_is_asked_about_by_its_words(launch: Page) -> None:
    told = sent(launch, FAULTY)
    assert told["allowEvent"] is False
    assert re.fullmatch(
        r"tonecheck: doublespeak \d\d \(limit 50\): “doesn't meet desired performance quotas”",
        told["errorMessage"],
    )
    assert told["commandId"] == "tonecheck.pane"
    assert remarks(launch) == []


def test_a_good_letter_goes_without_a_word(launch: Page) -> None:
    assert sent(launch, GOOD) == {"allowEvent": True}
    assert remarks(launch) == []


def test_a_letter_to_a_colleague_goes_without_a_word(launch: Page) -> None:
    launch.evaluate("letter.to[0].emailAddress = 'ida@acme.example'")
    assert sent(launch, FAULTY) == {"allowEvent": True}
    assert remarks(launch) == []


def test_a_picture_in_the_letter_stays_out_of_the_question(launch: Page) -> None:
    with launch.expect_request("**/api/gate") as asked:
        told = sent(launch, f'<img alt="" src="data:image/png;base64,{"A" * 3_000_000}">{FAULTY}')
    assert told["allowEvent"] is False
    assert len(asked.value.post_data or "") < 2000


def test_without_its_token_the_letter_goes_and_it_says_so(launch: Page) -> None:
    launch.evaluate("localStorage.clear()")
    assert sent(launch, FAULTY) == {"allowEvent": True}
    assert "sent unchecked: tonecheck has no token yet" in remarks(launch)[0]


def test_with_a_wrong_token_the_letter_goes_and_it_says_so(launch: Page) -> None:
    launch.evaluate("localStorage.setItem('tonecheck-token', 'wrong')")
    assert sent(launch, FAULTY) == {"allowEvent": True}
    assert "sent unchecked: the token is missing or wrong" in remarks(launch)[0]


def test_where_no_server_answers_the_letter_goes_and_it_says_so(launch: Page) -> None:
    launch.route("**/api/gate", lambda route: route.abort())
    assert sent(launch, FAULTY) == {"allowEvent": True}
    assert "sent unchecked: tonecheck serve does not answer" in remarks(launch)[0]


def test_where_outlook_fails_the_letter_goes_and_it_says_so(launch: Page) -> None:
    launch.evaluate("failing.add('body')")
    assert sent(launch, FAULTY) == {"allowEvent": True}
    assert remarks(launch) == ["tonecheck: sent unchecked: no"]


@pytest.mark.parametrize("what", ["the server", "Outlook"])
def test_where_nothing_answers_in_time_the_letter_goes_and_it_says_so(
    outlook: Page, server: Server, what: str
) -> None:
    outlook.clock.install()
    outlook.goto(f"{server.url}outlook/launch.html")
    outlook.evaluate("(token) => localStorage.setItem('tonecheck-token', token)", server.token)
    if what == "the server":
        outlook.route("**/api/gate", lambda route: None)
    else:
        outlook.evaluate("silent.add('body')")
    outlook.evaluate(
        "(body) => { globalThis.told = null; pressSend(body).then((it) => (told = it)); }", FAULTY
    )
    outlook.clock.run_for(300_000)
    assert outlook.evaluate("told") is None
    outlook.clock.run_for(2_000)
    outlook.wait_for_function("told !== null")
    assert outlook.evaluate("told") == {"allowEvent": True}
    assert remarks(outlook) == ["tonecheck: sent unchecked: it took longer than 301 seconds"]


def test_the_pane_takes_the_token_once_and_shows_what_is_marked(outlook: Page, server: Server) -> None:
    outlook.goto(f"{server.url}outlook/pane.html")
    expect(outlook.get_by_role("alert")).to_contain_text("no token yet")
    outlook.evaluate("(body) => { letter.body = body; }", FAULTY)
    outlook.get_by_label("Token").fill(server.token)
    outlook.get_by_role("button", name="Keep it here").click()
    expect(outlook.locator("#findings > li").first).to_be_visible(timeout=PATIENCE)
    expect(outlook.get_by_label("Token")).to_be_hidden()
    expect(outlook.get_by_text("describes a fault as a missed measurement")).to_be_visible()
    outlook.get_by_role("button", name="is not working correctly").click()
    expect(outlook.get_by_role("status")).to_have_text(
        "Copied; put it in place of “doesn't meet desired performance quotas”."
    )
    assert outlook.evaluate("navigator.clipboard.readText()") == "is not working correctly"


def test_the_manifest_names_the_address_that_it_came_from_and_nothing_that_is_not_there(
    server: Server,
) -> None:
    with server.client(verify=False) as client:
        text = client.get("/outlook/manifest.xml").text
        ET.fromstring(text)
        assert 'Type="OnMessageSend" FunctionName="onMessageSend" SendMode="PromptUser"' in text
        addresses = set(re.findall(rf'"({re.escape(server.url)}[^"]*)"', text))
        assert len(addresses) == 8
        for address in addresses:
            assert client.get(address).status_code == 200, address
    assert not re.search(r"[{}]", re.sub(r"<!--.*?-->", "", text))


def test_only_outlook_may_frame_the_add_in_and_no_page_is_framed_else(server: Server) -> None:
    with server.client(verify=False) as client:
        pane, page = client.get("/outlook/pane.html").headers, client.get("/").headers
    assert "frame-ancestors https://outlook.office.com " in pane["content-security-policy"]
    assert "x-frame-options" not in pane
    assert "frame-ancestors 'none'" in page["content-security-policy"]
    assert page["x-frame-options"] == "DENY"


def test_the_gate_asks_for_the_token_and_says_what_is_wrong_with_a_letter(server: Server) -> None:
    bare = httpx.post(f"{server.url}api/gate", json={"body": "x"}, verify=False, trust_env=False)
    assert bare.status_code == 401
    with server.client(verify=False) as client:
        for given, told in (
            ({"bodi": "x"}, "unknown field “bodi”"),
            ({"body": 1}, "“body” must be"),
            ({"to": "a@b.example"}, "“to” must be"),
            ([], "send an object"),
        ):
            answer = client.post("/api/gate", json=given)
            assert answer.status_code == 400
            assert told in answer.json()["error"]

"""The portal in a real browser, over the deployed API: looked at, and a message sent from it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from relevo.domain.problem import KINDS
from tests.e2e.conftest import Running
from tools import browser as chromium

PAGES = (
    "/docs",
    "/docs/quickstart",
    "/docs/sandbox",
    "/docs/errors",
    "/docs/errors/validation-failed",
)
DESK: Final[ViewportSize] = {"width": 1280, "height": 900}
HAND: Final[ViewportSize] = {"width": 390, "height": 844}
PATIENCE = 60_000  # a worker that starts anew while other tests keep the machine busy


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A page with everything that went wrong on it and every address it asked for."""

    page: Page
    base: str
    faults: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        answer = self.page.goto(f"{self.base}{path}")
        assert answer is not None
        assert answer.status == 200
        self.page.wait_for_load_state("networkidle")
        return self.page

    @property
    def strays(self) -> list[str]:
        """What it asked of anybody but this API; data addresses never leave the page."""
        own = (f"{self.base}/", "data:")
        return [address for address in self.asked if not address.startswith(own)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = chromium.launch(playwright)
        yield started
        started.close()


def seen(context: BrowserContext, base: str) -> Seen:
    found = Seen(page=context.new_page(), base=base)
    found.page.set_default_timeout(PATIENCE)
    found.page.on(
        "console",
        lambda said: found.faults.append(said.text) if said.type in ("error", "warning") else None,
    )
    found.page.on("pageerror", lambda error: found.faults.append(str(error)))
    found.page.on("request", lambda request: found.asked.append(request.url))
    return found


@pytest.fixture
def desk(browser: Browser, running: Running) -> Iterator[Seen]:
    context = browser.new_context(viewport=DESK)
    yield seen(context, running.stack.base_url)
    context.close()


def authorise(page: Page, key: str) -> None:
    page.get_by_role("button", name="Authorize").first.click()
    page.locator(".modal-ux input").fill(key)
    page.get_by_role("button", name="Apply credentials").click()


def test_a_message_is_sent_from_the_page_with_the_sandbox_key(desk: Seen, running: Running) -> None:
    page = desk.open("/docs")
    authorise(page, running.sandbox.key)
    page.locator(".modal-ux .btn-done").click()

    send = page.locator("#operations-Messages-sendMessage")
    send.locator(".opblock-summary-control").click()
    body = {"to": "+34612345001", "text": "Hola desde la página"}
    send.locator("textarea.body-param__text").fill(json.dumps(body))
    with page.expect_response(lambda answer: answer.url.endswith("/messages/send")) as waited:
        send.get_by_role("button", name="Execute").click()

    assert waited.value.status == 202
    id_ = waited.value.json()["id"]
    shown = send.locator(".live-responses-table")
    expect(shown).to_contain_text(id_)
    expect(shown.locator(".response .response-col_status")).to_contain_text("202")
    status = running.ended([id_], within=30)[id_]
    assert [one["carrier"] for one in status["attempts"]] == ["sandbox-a", "sandbox-b"]
    assert desk.strays == []
    assert desk.faults == []


def test_the_key_is_gone_with_the_page(desk: Seen, running: Running) -> None:
    page = desk.open("/docs")
    authorise(page, running.sandbox.key)

    kept = page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    )

    assert kept == '[{},{},""]'
    page.reload()
    page.get_by_role("button", name="Authorize").first.click()
    assert page.locator(".modal-ux input").input_value() == ""


def test_a_script_from_elsewhere_and_a_script_in_the_page_do_not_run(desk: Seen) -> None:
    page = desk.open("/docs")

    page.evaluate(
        """() => {
          const inline = document.createElement('script');
          inline.textContent = 'window.ran = true';
          const foreign = document.createElement('script');
          foreign.src = 'https://example.com/x.js';
          document.head.append(inline, foreign);
          return fetch('https://example.com/').catch(() => null);
        }"""
    )

    assert page.evaluate("window.ran") is None
    assert len([fault for fault in desk.faults if "Content Security Policy" in fault]) >= 3


@pytest.mark.parametrize("size", [DESK, HAND], ids=["desk", "hand"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_whole_and_accessible(
    browser: Browser, running: Running, scheme: Any, size: Any
) -> None:
    context = browser.new_context(viewport=size, color_scheme=scheme)
    found = seen(context, running.stack.base_url)

    for path in PAGES:
        page = found.open(path)
        if path == "/docs":
            page.locator("#operations-Messages-sendMessage .opblock-summary-control").click()
            page.locator("#operations-Messages-sendMessage .body-param__text").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
        assert broken_rules(page) == [], path

    assert found.strays == []
    assert found.faults == []
    context.close()


def broken_rules(page: Page) -> list[str]:
    """What axe finds in our own markup; that of Swagger UI is its authors'."""
    page.evaluate(chromium.axe())
    found = page.evaluate("axe.run({exclude: ['#reference']})")
    return [
        f"{rule['id']}: {node['html'][:120]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def test_an_answered_problem_leads_a_person_to_its_page(desk: Seen, running: Running) -> None:
    answer = running.sandbox.send(to="+34612345010", text="Hola")

    shown = desk.page.goto(answer.body["type"])

    assert shown is not None
    assert shown.status == 200
    assert (
        desk.page.get_by_role("heading", level=1).inner_text() == KINDS[answer.body["code"]].title
    )
    assert answer.headers["link"] == f'<{answer.body["type"]}>; rel="help"'

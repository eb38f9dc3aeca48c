"""A real browser on a real server: the ASGI application in a process of its own.

Tests and server meet in the worker's database, so these tests commit (`transactional_db`).
"""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.core import mail
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from redis import Redis

from config.places import BASE_DIR
from config.run.browser import found
from tests.database import TestDatabase
from work import services as work

ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
START_SECONDS = 30
LINK = re.compile(r"/privacy/sign-in/\S+")


@dataclass
class Site:
    """Where the server listens, and the requests its pages made to anybody else."""

    url: str
    log: Path


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium. Tests that need it fail where it is missing: `make test` gets it."""
    path = found()
    assert path, "Chromium is missing: python -m config.run.browser"
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright runs a loop in this thread; Django would refuse the database beside it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(django_db_setup: TestDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The whole application under uvicorn, on the tests' database."""
    port = free_port()
    log = tmp_path_factory.mktemp("site") / "log"
    command = [
        sys.executable, "-m", "uvicorn", "config.asgi:application", "--host", "127.0.0.1",
        "--port", str(port), "--no-access-log", "--lifespan", "on",
    ]  # fmt: skip
    variables = {**django_db_setup.environment(), "PORT": str(port), "SAMMATI_EMBEDDED": "test"}
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, cwd=BASE_DIR, env=variables, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(url, server, log)
        yield Site(url, log)
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture
def context(chromium: Browser, site: Site, transactional_db: None) -> Iterator[BrowserContext]:
    """A person's browser, as if new. A request to anybody but our server fails the test."""
    made = chromium.new_context(base_url=site.url, viewport={"width": 1100, "height": 800})
    strangers: list[str] = []
    made.on("request", lambda r: None if r.url.startswith(site.url) else strangers.append(r.url))
    yield made
    made.close()
    assert strangers == []


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page; words of the browser's console about our pages fail the test."""
    made = context.new_page()
    complaints: list[str] = []
    made.on("console", lambda said: complaints.extend(complaint(said.text, said.type)))
    made.on("pageerror", lambda error: complaints.append(str(error)))
    yield made
    assert complaints == []


@pytest.fixture
def enter(page: Page):
    """Signs a person in by the form, the message and its link, as they would."""

    def sign_in(company, email: str = "asha@example.in") -> Page:
        mail.outbox.clear()
        forget_links()
        page.goto(f"/privacy/{company.slug}/sign-in/")
        page.get_by_label("e-mail").fill(email)
        page.locator("main form button").click()
        work.run_available(worker="browser-test")
        page.goto(LINK.search(mail.outbox[0].body)[0])
        page.locator("main form button").click()
        page.wait_for_url("**/privacy/choices/")
        return page

    return sign_in


def forget_links() -> None:
    """The site counts links to an address in a cache of its own; tests ask more often than people.

    The person of one test has the same address, at the same company, as that of the next.
    """
    with Redis.from_url(settings.REDIS_URL.replace("redis+socket://", "unix://")) as counted:
        for key in counted.scan_iter("*:portal:one:*"):
            counted.delete(key)


def complaint(text: str, kind: str) -> list[str]:
    """Pages that answer 4xx on purpose are noted by the browser; that is no fault of theirs."""
    is_ours = kind in {"error", "warning"} and "Failed to load resource" not in text
    return [text] if is_ours else []


def wait_for(url: str, server: subprocess.Popen, log: Path) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        if server.poll() is not None:
            break
        try:
            httpx.get(f"{url}/-/live", timeout=1, trust_env=False)
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"The server did not start; its words:\n{log.read_text()[-3000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

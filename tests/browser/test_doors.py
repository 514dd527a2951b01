"""Who gets in, what a page may do, and that all of the page works within it."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Frame, Page, expect
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus
from websockets.typing import Origin

from tests.browser.app import App
from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat
from tests.browser.sockets import event, raw_socket, socket_of
from tests.wire.server import RealServer
from webchat.state.live import Live

ELSEWHERE = "http://elsewhere.example"
NOTE_VIOLATIONS = """
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => window.violations.push(
        `${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwAD"
    "hgGAWjR9awAAAABJRU5ErkJggg=="
)
ALL_KINDS = (
    "echo # Head\n\n| a | b |\n|--|--|\n| 1 | \\(x^2\\) |\n\n```python\nprint(1)\n```"
    "\n\n\\[ y^3 \\]"
)


class Elsewhere(BaseHTTPRequestHandler):
    """Another site, on another port of this machine."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<p>elsewhere</p>")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The origin of another site."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def open_app(
    tmp_path_factory: pytest.TempPathFactory, agents: RealServer, site: str
) -> Iterator[App]:
    """An app whose settings let programs in, and one site frame it."""
    variables = {"WEBCHAT_ALLOW_PROGRAMS": "true", "WEBCHAT_FRAME_ANCESTORS": site}
    log = tmp_path_factory.mktemp("open-app") / "app.log"
    with App(log, agents.url, variables=variables) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def elsewhere(browser: Browser, site: str) -> AsyncIterator[Page]:
    """A page of another site."""
    page = await browser.new_page()
    await page.goto(site)
    yield page
    await page.close()


async def framed(page: Page, url: str) -> Frame:
    """The frame in which a page shows another, when it has loaded what it may."""
    await page.evaluate(
        """url => new Promise((done) => {
            const frame = document.createElement("iframe");
            frame.onload = done;
            frame.src = url;
            document.body.append(frame);
        })""",
        url,
    )
    return page.frames[-1]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("GET", "/thread/11111111-1111-4111-8111-111111111111", 200),
        ("GET", "/no/such/page", 404),
        ("GET", "/webchat.css", 200),
        ("GET", "/assets/no/file.js", 404),
        ("GET", "/ping", 200),
        ("GET", "/_health", 200),
        ("GET", "/_event/?EIO=4&transport=polling", 400),
        ("POST", "/", 405),
        ("OPTIONS", "/ping", 400),
    ],
)
def test_every_answer_has_the_security_headers(
    app: App, method: str, path: str, status: int
) -> None:
    preflight = {"origin": ELSEWHERE, "access-control-request-method": "GET"}
    headers = preflight if method == "OPTIONS" else {}
    answer = httpx.request(method, app.url + path, headers=headers, trust_env=False)

    assert answer.status_code == status
    assert answer.headers.get_list("x-content-type-options") == ["nosniff"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert answer.headers["x-frame-options"] == "DENY"
    (policy,) = answer.headers.get_list("content-security-policy")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    is_page = answer.headers.get("content-type", "").startswith("text/html")
    assert ("script-src 'self' 'sha256-" in policy) is is_page


def test_a_page_that_has_not_changed_keeps_its_policy(app: App) -> None:
    first = httpx.get(app.url, trust_env=False)
    headers = {"if-none-match": first.headers["etag"], "accept": "text/html,*/*;q=0.8"}
    again = httpx.get(app.url, headers=headers, trust_env=False)

    assert again.status_code == 304
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]


def test_a_browser_keeps_built_files_and_asks_for_the_page_each_time(app: App) -> None:
    with httpx.Client(base_url=app.url, trust_env=False) as http:
        page = http.get("/")
        built = set(re.findall(r"/assets/[\w().-]+\.(?:js|css)", page.text))
        assert len(built) > 3
        changing = {path for path in built if "/reflex-env-" in path}
        for path in built - changing:
            assert http.get(path).headers["cache-control"].endswith("immutable"), path
        thread = "/thread/11111111-1111-4111-8111-111111111111"
        for path in ("/", thread, "/webchat.css", *changing):
            assert http.get(path).headers["cache-control"] == "no-cache"


async def test_a_whole_conversation_breaks_no_rule(open_told: OpenChat) -> None:
    image = {"type": "image_url", "image_url": {"url": PIXEL}}
    chat = await open_told(
        [
            {"type": "human", "id": "q", "content": [{"type": "text", "text": "see"}, image]},
            {"type": "ai", "id": "a", "content": "I see."},
        ]
    )
    page = chat.page
    await page.add_init_script(NOTE_VIOLATIONS)
    await page.reload()
    await chat.alive()
    await expect(chat.parts("image").locator("img")).to_have_js_property("naturalWidth", 1)
    await chat.role("theme").click()
    await chat.role("new-chat").click()
    await expect(chat.turns).to_have_count(0)
    await chat.ask_to_the_end(ALL_KINDS)
    await expect(chat.text.locator("math")).to_have_count(2)
    await chat.text.locator("[data-copy]").first.click()
    assert await chat.copied() == "print(1)\n"
    raw = await chat.open_raw("values")
    await raw.rows.first.locator("[data-event-head]").click()
    await expect(raw.panel.locator(".json").first).to_be_visible()
    await page.keyboard.press("Escape")
    await chat.ask_to_the_end("pass on this")
    await chat.tool("echo").locator("summary").first.click()
    await chat.ask_to_the_end("5 words; fail")
    await expect(chat.parts("error")).to_be_visible()
    edge = page.get_by_role("separator", name="Width of the raw view")
    await edge.focus()
    await edge.press("ArrowLeft")

    assert await page.evaluate("violations") == []
    policy = (await page.request.get(chat.home)).headers["content-security-policy"]
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy


async def test_no_script_runs_but_the_pages_own(app: App, browser: Browser) -> None:
    page = await browser.new_page()
    await page.goto(app.url)
    ran = await page.evaluate(
        """async () => {
            window.ran = [];
            const inline = document.createElement("script");
            inline.textContent = "window.ran.push('inline')";
            document.body.append(inline);
            const box = document.createElement("div");
            box.innerHTML = "<img src='x:' onerror='window.ran.push(`handler`)'>" +
                "<a href='javascript:window.ran.push(`link`)'>link</a>" +
                "<iframe srcdoc='<script>parent.ran.push(`srcdoc`)</script>'></iframe>";
            document.body.append(box);
            box.querySelector("a").click();
            for (const code of ["data:text/javascript,window.ran.push('data')",
                                "https://elsewhere.example/x.js"]) {
                const script = document.createElement("script");
                script.src = code;
                document.body.append(script);
            }
            await new Promise((done) => setTimeout(done, 300));
            return window.ran;
        }"""
    )
    assert ran == []
    evaluated = """() => new Promise((done) => {
        addEventListener("securitypolicyviolation", (event) => done(event.blockedURI));
        setTimeout("window.ran.push('eval')", 0);
    })"""
    assert await page.evaluate(evaluated) == "eval"
    await page.close()


async def test_no_site_can_frame_the_page(app: App, elsewhere: Page) -> None:
    frame = await framed(elsewhere, f"{app.url}/")
    assert await frame.locator("[data-role=composer]").count() == 0
    assert not frame.url.startswith(app.url)


async def test_a_site_that_the_settings_name_can(open_app: App, elsewhere: Page) -> None:
    frame = await framed(elsewhere, f"{open_app.url}/")
    await expect(frame.locator("[data-role=composer]")).to_be_visible()


@pytest.mark.parametrize("origin", [None, "", "null", ELSEWHERE, "http://127.0.0.1:1"])
async def test_a_socket_of_no_known_page_is_refused(app: App, origin: str | None) -> None:
    headers = {} if origin is None else {"Origin": origin}
    with pytest.raises(InvalidStatus) as refused:
        async with connect(socket_of(app), additional_headers=headers):
            pass
    assert refused.value.response.status_code == 403


async def test_programs_are_let_in_if_the_settings_say_so(open_app: App) -> None:
    async with connect(socket_of(open_app)) as socket:
        assert str(await socket.recv()).startswith("0{")
    with pytest.raises(InvalidStatus):
        async with connect(socket_of(open_app), additional_headers={"Origin": ELSEWHERE}):
            pass


async def test_what_the_operator_is_told_of_a_refused_program(app: App) -> None:
    for _ in range(3):
        with pytest.raises(InvalidStatus):
            async with connect(socket_of(app)):
                pass
    assert app.log().count("WEBCHAT_ALLOW_PROGRAMS") == 1


async def test_nothing_that_a_client_sends_gets_into_the_log(app: App) -> None:
    secret = f"hush{uuid4().hex}"
    hostile = f"{secret}\x1b[31m\nwebchat: all is well {secret}"
    before = len(app.log())
    frames: list[object] = [
        ["event", hostile],
        ["event", [hostile]],
        ["event", {"name": "a", secret: hostile}],
        ["event", {"name": {secret: secret}, "payload": secret}],
        [hostile, hostile],
        ["client_error", {"error_type": secret, "message": hostile}],
    ]
    for frame in (
        event(f"no.such.{hostile}", text=hostile),
        event(f"{Live.get_full_name()}.show", **{secret: hostile}),
        event(f"{Live.get_full_name()}.show", tree=hostile, pointer=hostile),
        event("reflex___state____state.hydrate", **{secret: hostile}),
        *(f"42/_event,{json.dumps(frame)}" for frame in frames),
        event("no.such.long", text=secret * 25_000),
    ):
        async with raw_socket(app, secret, Cookie=f"session={secret}") as socket:
            await socket.send(frame)
    for query in (f"transport={secret}", f"transport=websocket&sid={secret}", f"EIO={secret}"):
        with suppress(InvalidStatus, InvalidMessage, ConnectionClosed):
            url = f"{app.url.replace('http', 'ws')}/_event/?{query}"
            async with connect(url, origin=Origin(app.url)) as socket:
                await socket.send(secret)
    with pytest.raises(InvalidStatus):
        async with connect(socket_of(app), origin=Origin(secret)):
            pass
    httpx.get(f"{app.url}/{secret}?{secret}", headers={"x": secret}, trust_env=False)
    async with raw_socket(app) as socket:
        await socket.answered()  # what was sent before has been dealt with

    said = app.log()[before:]
    assert "rror" in said  # something of it was logged
    assert secret not in said
    assert "\x1b[31m" not in said
    assert "all is well" not in said
    assert len(said) < 50_000


async def test_a_token_in_use_gives_a_second_socket_nothing(app: App, browser: Browser) -> None:
    page = await browser.new_page()
    await page.goto(app.url)
    chat = await Chat(page, app.url).alive()
    token = await page.evaluate("sessionStorage.getItem('token')")
    async with raw_socket(app, token) as socket:
        await socket.until(lambda _: any("new_token" in frame for frame in socket.came))
        await socket.send(event(f"{Live.get_full_name()}.resync"))
        await chat.ask_to_the_end("echo for one pair of eyes")
        await expect(chat.text).to_have_text("for one pair of eyes")
    assert not any("one pair of eyes" in frame for frame in socket.came)
    assert not any(token in frame for frame in socket.came)
    await page.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost"])
def test_a_second_start_on_the_same_port_is_refused(
    app: App, agents: RealServer, tmp_path: Path, host: str
) -> None:
    second = App(tmp_path / "app.log", agents.url, "--host", host)
    second.port = app.port
    assert second.ended() == 2
    assert second.log() == (
        f"webchat: Port {app.port} is taken: stop the program that has it, or choose another with "
        "--port.\n"
    )


def test_a_start_for_a_network_says_who_gets_in(tmp_path: Path, agents: RealServer) -> None:
    with App(tmp_path / "app.log", agents.url, "--host", "0.0.0.0") as open_to_all:
        assert f"whoever reaches port {open_to_all.port}" in open_to_all.log()


def test_a_start_for_this_machine_says_nothing_of_it(app: App) -> None:
    assert "no login" not in app.log()

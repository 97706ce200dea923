"""Somebody's screen: a browser window of its own that notices what no page may do."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Request

from anjia.machine.environment import CHECKOUT
from tests.browser import clock

AXE: Final = Path("axe-core") / "axe.min.js"
QR_READER: Final = Path("jsqr") / "dist" / "jsQR.js"
PHONE: Final = (390, 844)
DESK: Final = (1440, 900)
TABLET: Final = (1180, 820)  # at a desk: as wide as one, and touched
STREAM: Final = "/live"
PATIENCE: Final = (
    20_000  # milliseconds: more than a page ever takes, on a computer that has other things to do
)
TOLD_WITHIN: Final = 5_000  # what is told by the live stream: about a second, and some for a busy computer
FIND_GRAVE: Final = """axe.run(document, {resultTypes: ['violations']}).then(result => result.violations
    .filter(one => ['serious', 'critical'].includes(one.impact))
    .map(one => `axe ${one.id}: ` + one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | ')))"""
FIND_TOO_WIDE: Final = """() => {
    const width = document.documentElement.clientWidth, page = document.documentElement.scrollWidth
    if (page <= width) return []
    const far = [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > width + 1)
    return [`${page} px wide on ${width}: ` + far.slice(-2).map(one => one.outerHTML.slice(0, 120)).join(' | ')]
}"""
READ_QR: Final = """async (box) => {
    const drawn = box.tagName === 'IMG' ? box.src
        : 'data:image/svg+xml,' + encodeURIComponent(new XMLSerializer().serializeToString(box))
    const picture = new Image()
    await new Promise((loaded, failed) => { picture.onload = loaded; picture.onerror = failed; picture.src = drawn })
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = 480
    const pen = canvas.getContext('2d')
    pen.fillStyle = 'white'
    pen.fillRect(0, 0, 480, 480)
    pen.drawImage(picture, 20, 20, 440, 440)
    return jsQR(pen.getImageData(0, 0, 480, 480).data, 480, 480)?.data ?? ''
}"""


@cache
def package(file: Path) -> str:
    """Return a file of the client's packages, which are there once the client is built."""
    return (CHECKOUT / "clients" / "node_modules" / file).read_text()


class Screen:
    """A window of `size` on the site at `url`; what is wrong with its pages collects in `wrong`."""

    def __init__(
        self,
        browser: Browser,
        url: str,
        pictures: Path,
        *,
        size: tuple[int, int] = DESK,
        english: bool = False,
        elder: bool = False,
        at: tuple[float, float] | None = None,
    ) -> None:
        self.url, self.pictures, self.english = url, pictures, english
        self.wrong: list[str] = []
        self.waiting: set[Request] = set()
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            is_mobile=size == PHONE,
            has_touch=size in {PHONE, TABLET},
            reduced_motion="reduce",
            timezone_id="Asia/Shanghai",
            locale="en-GB" if english else "zh-CN",
            permissions=["geolocation"] if at else [],
            geolocation={"latitude": at[0], "longitude": at[1], "accuracy": 20} if at else None,
        )
        self.context.set_default_timeout(PATIENCE)
        language = "en" if english else "zh-hans"
        self.context.add_cookies([{"name": "anjia_language", "value": language, "url": url}])
        kept = {"language": "en" if english else "zh-Hans", "reading": {"elder": elder, "scale": 0}}
        self.context.add_init_script(clock.script())
        self.context.add_init_script(
            f"for (const [name, data] of Object.entries({json.dumps(kept)})) if (!localStorage.getItem(name))"
            " localStorage.setItem(name, JSON.stringify({type: typeof data, data}))"
        )
        self.page: Page = self.context.new_page()
        self.context.on("request", self._asked)
        self.context.on("requestfinished", lambda request: self.waiting.discard(request))
        self.context.on("requestfailed", lambda request: self.waiting.discard(request))
        self.page.on("pageerror", lambda error: self.wrong.append(f"{self.page.url}: {error}"))
        self.page.on("response", self._answered)

    def close(self) -> None:
        self.context.close()

    # Going about

    def open(self, path: str) -> Page:
        """Open a page of the site and wait until it has all that it asks for."""
        if path.startswith("/app/#") and "/app/" in self.page.url:
            before = self.page.url.partition("#")[2]
            self.page.evaluate("to => { location.hash = to }", path.removeprefix("/app/#"))
            if before.partition("?")[0] == path.removeprefix("/app/#").partition("?")[0]:
                self.page.reload(wait_until="load")  # the client takes another id for the page that is open
        else:
            self.page.goto(self.url + path, wait_until="load")
        self.settle()
        return self.page

    def step_in_as(self, key: str) -> Page:
        """Click somebody's card on the front page."""
        self.open("/")
        self.page.locator(f'form[action="/demo/{key}"] button').click()
        self.page.wait_for_url(lambda url: "/demo/" not in url and urlsplit(url).path != "/")
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until nothing has been asked for, for a moment."""
        quiet = 0
        for _ in range(PATIENCE // 50):
            self.page.wait_for_timeout(50)
            quiet = 0 if self.waiting else quiet + 1
            if quiet >= 4:
                return
        self.wrong.append(f"{self.page.url}: still waits for {[one.url for one in self.waiting]}")

    def press(self, words: str) -> None:
        """Press the button or link that says so."""
        page = self.page
        page.get_by_role("button", name=words).or_(page.get_by_role("link", name=words)).first.click()

    # Looking

    def look(self, name: str) -> None:
        """Take the page's picture, and keep what is wrong with it."""
        self.settle()
        self.page.screenshot(path=self.pictures / f"{name}.png", full_page=True)
        found: Sequence[str] = [*self.page.evaluate(FIND_TOO_WIDE), *self._grave()]
        self.wrong += [f"{name}: {one}" for one in found]

    def show(self, file: Path) -> None:
        """Take the picture of what is in the window, for others to see."""
        self.settle()
        self.page.screenshot(path=file)

    def measure(self, name: str, size: tuple[int, int]) -> None:
        """Keep what is wider than a screen of this size, and go back to one's own."""
        own = self.page.viewport_size
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.wrong += [f"{name}: {one}" for one in self.page.evaluate(FIND_TOO_WIDE)]
        if own:
            self.page.set_viewport_size(own)

    def _grave(self) -> list[str]:
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(package(AXE))  # past the policy that lets no page run what is not ours
        grave: list[str] = self.page.evaluate(FIND_GRAVE)
        return grave

    def code_in(self, selector: str) -> str:
        """Read the QR code that the page shows, as a camera would."""
        self.page.evaluate(f"{{const module = undefined, exports = undefined; {package(QR_READER)}}}")
        code: str = self.page.locator(selector).first.evaluate(READ_QR)
        return code

    # Noticing

    def _asked(self, request: Request) -> None:
        place = urlsplit(request.url)
        if place.scheme in {"http", "https", "ws", "wss"} and place.hostname != "127.0.0.1":
            self.wrong.append(f"{self.page.url} asks {request.url}")
        if place.path != STREAM:
            self.waiting.add(request)

    def _answered(self, response: Any) -> None:
        if response.status >= 500:
            self.wrong.append(f"{response.status} from {response.url}")

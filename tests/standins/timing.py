"""How fast the page is, measured in a real Chromium: for `make timings`, which prints it, and for a test with five-fold slack."""

import http.client
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, expect

from device.service import KioskService

STALLED = 50
# What clients do that send a beginning and then nothing; phones and strangers can do all of these.
BEGINNINGS = (
    b"",
    b"GET /healthz HT",
    b"POST /api/v1/search HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: image/jpeg\r\n"
    b"Content-Length: 1000000\r\n\r\n" + bytes(5000),
)
SIZE = (1280, 800)

# Resolves once what was done is painted: after the frame in which it came, and what the browser does with that frame.
_PAINTED = """const painted = (then) => requestAnimationFrame(() => {
  const after = new MessageChannel();
  after.port1.onmessage = then;
  after.port2.postMessage(0);
});"""
_TOUCHED = f"""() => {{ {_PAINTED}
  window.measured = new Promise((resolve) => {{
    let began = 0;
    addEventListener("pointerdown", (event) => (began = event.timeStamp), {{ capture: true, once: true }});
    new MutationObserver((changes, self) => {{
      self.disconnect();
      painted(() => resolve(performance.now() - began));
    }}).observe(document.getElementById("stage"), {{ attributeFilter: ["aria-busy"], subtree: true }});
  }});
}}"""
_SHOWN = f"""() => {{ {_PAINTED}
  window.measured = new Promise((resolve) => {{
    new MutationObserver((changes, self) => {{
      if (!document.querySelector("#stage [data-scene=answer]:not(.goes)")) return;
      self.disconnect();
      painted(() => resolve(performance.timeOrigin + performance.now()));
    }}).observe(document.getElementById("stage"), {{ childList: true }});
  }});
}}"""
_FIRST = """() => new Promise((resolve) => {
  const look = (list) => {
    const found = list.getEntriesByName("first-contentful-paint")[0];
    if (found) resolve(found.startTime);
  };
  new PerformanceObserver(look).observe({ type: "paint", buffered: true });
})"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """One thing measured several times.

    Attributes:
        name: What was measured.
        mark_ms: What it should stay below.
        found_ms: Each time.
    """

    name: str
    mark_ms: float
    found_ms: tuple[float, ...]

    @property
    def worst_ms(self) -> float:
        """The slowest."""
        return max(self.found_ms)

    def __str__(self) -> str:
        middle = statistics.median(self.found_ms)
        return (
            f"{self.name:<52} median {middle:6.1f} ms  worst {self.worst_ms:6.1f} ms"
            f"  mark {self.mark_ms:3.0f} ms  ({len(self.found_ms)} times)"
        )


def first_page(browser: Browser, address: str, times: int) -> Timing:
    """Measure from asking for the page to its first words, each time in a browser that has nothing yet."""
    found = []
    for _ in range(times):
        with _page(browser) as page:
            page.goto(address)
            found.append(page.evaluate(_FIRST))
    return Timing(name="first page after load", mark_ms=500, found_ms=tuple(found))


def touched(browser: Browser, address: str, service: KioskService, times: int) -> Timing:
    """Measure from a finger on the button to the paint that says it was felt."""
    found = []
    with _page(browser) as page:
        page.goto(address)
        for _ in range(times):
            _wait_for_rest(page, service)
            page.evaluate(_TOUCHED)
            page.locator(".scene:not(.goes) [data-action=look]").tap()
            found.append(page.evaluate("() => window.measured"))
            _await_answer(service, [])  # so that none comes into the next touch
    return Timing(name="touch acknowledged", mark_ms=100, found_ms=tuple(found))


def shown(
    browser: Browser, address: str, service: KioskService, times: int, name: str = ""
) -> Timing:
    """Measure from the service's answer to the paint of its scene, without the fade."""
    found = []
    with _page(browser) as page:
        page.goto(address)
        for _ in range(times):
            _wait_for_rest(page, service)
            page.evaluate(_SHOWN)
            answered: list[float] = []
            waiter = threading.Thread(target=_await_answer, args=(service, answered))
            waiter.start()
            service.query.look()
            found.append(page.evaluate("() => window.measured"))
            waiter.join()
            found[-1] -= answered[0]
    name = name or "screen after the service's answer"
    return Timing(name=name, mark_ms=150, found_ms=tuple(found))


def healthy(port: int, times: int) -> Timing:
    """Measure the health page."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        connection.close()
        found.append((time.perf_counter() - began) * 1000)
    name = f"/healthz beside {STALLED} stalled clients"
    return Timing(name=name, mark_ms=250, found_ms=tuple(found))


@contextmanager
def stalled(port: int) -> Iterator[None]:
    """Let fifty clients hang for the length of a `with` block."""
    with ExitStack() as hanging:
        for number in range(STALLED):
            client = hanging.enter_context(socket.create_connection(("127.0.0.1", port)))
            client.sendall(BEGINNINGS[number % len(BEGINNINGS)])
        yield


@contextmanager
def _page(browser: Browser) -> Iterator[Page]:
    width, height = SIZE
    context = browser.new_context(
        viewport={"width": width, "height": height}, has_touch=True, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


def _wait_for_rest(page: Page, service: KioskService) -> None:
    service.query.dismiss()
    expect(page.locator("#stage [data-scene=looking]:not(.goes)")).to_be_visible(timeout=30_000)
    expect(page.locator("#stage .goes")).to_have_count(0, timeout=30_000)


def _await_answer(service: KioskService, answered: list[float]) -> None:
    snapshot = service.snapshot()
    while snapshot.state.answer is None:
        snapshot = service.snapshot(snapshot.revision, 30.0)
    answered.append(time.time() * 1000)

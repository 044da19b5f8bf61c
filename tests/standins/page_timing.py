"""Measures the page's speed in a real Chromium.

`make timings` prints the results. A test compares them with five times their targets.
"""

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
# Requests that a client starts and never completes; any phone in the network can send them.
PARTIAL_REQUESTS = (
    b"",
    b"GET /healthz HT",
    b"POST /api/v1/search HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: image/jpeg\r\n"
    b"Content-Length: 1000000\r\n\r\n" + bytes(5000),
)
SIZE = (1280, 800)

# Resolves when a change is painted: after the frame in which it came, and the browser's work on that frame.
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
    """One duration, measured several times.

    Attributes:
        name: What was measured.
        target_ms: The duration that it should stay below.
        found_ms: The measured durations.
    """

    name: str
    target_ms: float
    found_ms: tuple[float, ...]

    @property
    def worst_ms(self) -> float:
        """The longest duration."""
        return max(self.found_ms)

    def __str__(self) -> str:
        middle = statistics.median(self.found_ms)
        return (
            f"{self.name:<52} median {middle:6.1f} ms  worst {self.worst_ms:6.1f} ms"
            f"  target {self.target_ms:3.0f} ms  ({len(self.found_ms)} times)"
        )


def first_page(browser: Browser, address: str, times: int) -> Timing:
    """Measure from the request for the page to its first words, with empty caches."""
    found = []
    for _ in range(times):
        with _page(browser) as page:
            page.goto(address)
            found.append(page.evaluate(_FIRST))
    return Timing(name="first page after load", target_ms=500, found_ms=tuple(found))


def touched(browser: Browser, address: str, service: KioskService, times: int) -> Timing:
    """Measure from a touch of the button to the paint that acknowledges it."""
    found = []
    with _page(browser) as page:
        page.goto(address)
        for _ in range(times):
            _wait_for_rest(page, service)
            page.evaluate(_TOUCHED)
            page.locator(".scene:not(.goes) [data-action=look]").tap()
            found.append(page.evaluate("() => window.measured"))
            _await_answer(service, [])  # so that it doesn't disturb the next touch
    return Timing(name="touch acknowledged", target_ms=100, found_ms=tuple(found))


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
    return Timing(name=name, target_ms=150, found_ms=tuple(found))


def healthy(port: int, times: int) -> Timing:
    """Measure requests for `/healthz` while other clients are stalled."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        connection.close()
        found.append((time.perf_counter() - began) * 1000)
    name = f"/healthz with {STALLED} stalled clients"
    return Timing(name=name, target_ms=250, found_ms=tuple(found))


@contextmanager
def stalled(port: int) -> Iterator[None]:
    """Keep fifty stalled clients connected."""
    with ExitStack() as hanging:
        for number in range(STALLED):
            client = hanging.enter_context(socket.create_connection(("127.0.0.1", port)))
            client.sendall(PARTIAL_REQUESTS[number % len(PARTIAL_REQUESTS)])
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

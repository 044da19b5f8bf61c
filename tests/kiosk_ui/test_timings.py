"""Response times in Chromium, with five-fold slack; `make timings` prints the figures."""

import pytest
import timing
from kiosk_page import Listen, wait_for
from playwright.sync_api import Browser
from timing import Timing

from device.service import KioskService
from device.service.state import Phase
from kiosk_ui.server import Server

pytestmark = pytest.mark.browser

SLACK = 5.0
TIMES = 3


@pytest.fixture
def server(service: KioskService, listen: Listen) -> Server:
    """A kiosk with a print under its camera, on a socket."""
    service.query.dismiss()
    wait_for(service, Phase.LOOKING)
    running: Server = listen(service).server
    return running


def check(found: Timing) -> None:
    """Fail if the slowest measurement took five times the limit."""
    assert found.worst_ms <= SLACK * found.mark_ms, found


def test_the_page_paints_its_first_words_in_time(browser: Browser, server: Server) -> None:
    check(timing.first_page(browser, server.address, TIMES))


def test_a_touch_is_acknowledged_in_time(
    browser: Browser, server: Server, service: KioskService
) -> None:
    check(timing.touched(browser, server.address, service, TIMES))


def test_the_screen_shows_an_answer_in_time(
    browser: Browser, server: Server, service: KioskService
) -> None:
    check(timing.shown(browser, server.address, service, TIMES))


def test_fifty_stalled_clients_delay_neither_health_page_nor_screen(
    browser: Browser, server: Server, service: KioskService
) -> None:
    with timing.stalled(server.port):
        check(timing.healthy(server.port, TIMES))
        check(timing.shown(browser, server.address, service, TIMES))

"""Response times in Chromium, with five-fold slack; `make timings` prints the figures."""

import page_timing
import pytest
from kiosk_page import Listen, wait_for
from page_timing import Timing
from playwright.sync_api import Browser

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
    assert found.worst_ms <= SLACK * found.target_ms, found


def test_the_page_paints_its_first_words_in_time(browser: Browser, server: Server) -> None:
    check(page_timing.first_page(browser, server.address, TIMES))


def test_a_touch_is_acknowledged_in_time(
    browser: Browser, server: Server, service: KioskService
) -> None:
    check(page_timing.touched(browser, server.address, service, TIMES))


def test_the_screen_shows_an_answer_in_time(
    browser: Browser, server: Server, service: KioskService
) -> None:
    check(page_timing.shown(browser, server.address, service, TIMES))


def test_fifty_stalled_clients_delay_neither_health_page_nor_screen(
    browser: Browser, server: Server, service: KioskService
) -> None:
    with page_timing.stalled(server.port):
        check(page_timing.healthy(server.port, TIMES))
        check(page_timing.shown(browser, server.address, service, TIMES))

"""Browsing as HTML: pages of prints, lists, the attract loop, and related works."""

import itertools
import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from flask.testing import FlaskClient
from kiosk_page import app_of, no_camera
from werkzeug.datastructures import MultiDict

from device.config import RecognitionConfig
from device.sd_notify import Notifier
from device.service import CameraSetup, FilterOptions, Filters, KioskService, StaffFolders
from device.service.staff_service import StaffService
from device.staff.preferences import Attract, StaffPreferences
from kiosk_ui.browse import presenter
from kiosk_ui.request_values import read_filters

READ = re.compile(r'data-read="([^"]+)"')


def test_each_print_is_on_one_page_of_prints(client: FlaskClient) -> None:
    page = client.get("/browse").text
    assert len(set(READ.findall(page))) == 12
    assert "12 prints" in page


@pytest.mark.parametrize("name", ["maker", "technique", "period"])
def test_every_list_entry_leads_to_the_stated_number_of_prints(
    client: FlaskClient, name: str
) -> None:
    page = client.get(f"/browse/by/{name}").text
    doors = re.findall(r'data-go="(/browse\?[^"]+)".*?chip-count">(\d+)<', page)
    assert doors
    for address, count in doors:
        found = client.get(unescape(address) + ("&undated=0" if name == "period" else "")).text
        assert f"{count} print" in found
        assert len(set(READ.findall(found))) == int(count)


def test_a_period_includes_undated_works_unless_excluded(client: FlaskClient) -> None:
    door = re.search(r'data-go="(/browse\?year[^"]+)"', client.get("/browse/by/period").text)
    assert door
    kept = client.get(unescape(door[1])).text
    switch = re.search(
        r'data-turn="([^"]+)" data-keep="undated" aria-pressed="true">Include undated prints \((\d+)\)',
        kept,
    )
    assert switch
    without = client.get(unescape(switch[1])).text
    numbers = [int(re.findall(r"(\d+) print", page)[0]) for page in (kept, without)]
    assert numbers[0] - numbers[1] == int(switch[2]) > 0
    assert 'aria-pressed="false"' in without


def test_filters_combine_and_say_how_many_remain(
    client: FlaskClient, service: KioskService
) -> None:
    options = service.collection.options(Filters())
    maker = options.facets["maker"][0]
    technique = options.facets["technique"][0]
    both = Filters(terms={"maker": (maker.value,), "technique": (technique.value,)})
    page = client.get(f"/browse?{presenter.query_of(both)}").text
    remaining = service.collection.options(both).remaining
    assert f"{remaining} print" in page or remaining == 0
    assert len(set(READ.findall(page))) == remaining


def test_filters_survive_the_round_trip_through_an_address() -> None:

    filters = Filters(
        terms={"maker": ("Ä & B", "c=d"), "technique": ("etching",)},
        year_from=-10,
        year_to=1500,
        undated=False,
        words="a b",
        whole="A series; vol. 1",
    )
    assert read_filters(MultiDict(parse_qsl(presenter.query_of(filters)))) == filters


@pytest.mark.parametrize(
    ("years", "wanted"),
    [
        ((None, None), ()),
        ((1500, 1500), ((1500, 1500),)),
        ((1478, 1912), (24, 1475, 1924)),
        ((-3000, 2000), (6, -3000, 2999)),
        ((-9999, 9999), (3, -10_000, 19_999)),
    ],
)
def test_periods_are_few_and_cover_all_years(
    years: tuple[int | None, int | None], wanted: tuple[object, ...]
) -> None:
    options = FilterOptions(remaining=0, undated=0, year_min=years[0], year_max=years[1], facets={})
    found = presenter.periods(options)
    assert len(found) <= 24
    for (_, end), (start, _) in itertools.pairwise(found):
        assert start == end + 1
    if years[0] is not None and years[1] is not None:
        assert found[0][0] <= years[0] <= found[0][1]
        assert found[-1][0] <= years[1] <= found[-1][1]
    else:
        assert found == wanted


def test_the_attract_loop_shows_credits_and_only_showable_pictures(
    client: FlaskClient, service: KioskService, shown_ids: tuple[str, ...], hidden_id: str
) -> None:
    seen = set()
    for turn in range(len(shown_ids)):
        page = unescape(client.get(f"/attract?turn={turn}").text)
        record = next(service.collection.record(r) for r in shown_ids if f"/{r}/picture" in page)
        seen.add(record.record_id)
        assert hidden_id not in page
        for words in (record.title, record.credit, record.rights):
            assert words is None or words in page
    assert seen == set(shown_ids)


@pytest.mark.parametrize(
    ("attract", "status"),
    [(Attract(), 200), (Attract(enabled=False), 404), (Attract(facet="maker", value="x"), 404)],
)
def test_the_attract_loop_follows_the_staffs_preferences(
    small_bundle: Path, tmp_path: Path, attract: Attract, status: int
) -> None:
    staff_service = StaffService(StaffFolders(staff=tmp_path), pause_s=60)
    staff_service.save_preferences(StaffPreferences(attract=attract))

    with KioskService(
        small_bundle,
        CameraSetup(opener=no_camera),
        RecognitionConfig(threads=1),
        notifier=Notifier(None),
        staff=staff_service,
    ) as service:
        assert app_of(service).test_client().get("/attract").status_code == status


def test_a_records_page_links_to_similar_prints(
    client: FlaskClient, shown_ids: tuple[str, ...]
) -> None:
    page = client.get(f"/records/{shown_ids[0]}").text
    cards = re.findall(r'class="card" data-read="([^"]+)"', page)
    assert len(cards) == len(set(cards)) == 5
    assert shown_ids[0] not in cards


@pytest.mark.parametrize("address", ["/browse", "/browse/by/maker", "/attract"])
def test_without_a_bundle_browsing_is_unavailable(bare_client: FlaskClient, address: str) -> None:
    assert bare_client.get(address).status_code == 503

"""Files are fetched once and politely, and no server can hold the converter."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from iiif_server import IiifServer, running

from converter.cache import Cache
from converter.errors import FetchError
from converter.ingest.fetch.fetcher import Fetcher
from converter.ingest.fetch.limits import FetchLimits
from device.imaging import decoding

QUICK = FetchLimits(
    timeout_s=0.3, total_s=0.6, interval_s=0, tries=3, wait_s=0.5, picture_bytes=1 << 20
)
PICTURE = "/image/full/300,/0/default.jpg"


@pytest.fixture
def server() -> Iterator[IiifServer]:
    """A server on this machine."""
    with running() as one:
        yield one


class Desk:
    """A fetcher with a cache, which notes its waits instead of waiting."""

    def __init__(
        self,
        folder: Path,
        *,
        allows_private: bool = True,
        is_offline: bool = False,
        is_refreshing: bool = False,
    ) -> None:
        self.waits: list[float] = []
        self.fetcher = Fetcher(
            Cache(root=folder / "cache"),
            allows_private=allows_private,
            is_offline=is_offline,
            is_refreshing=is_refreshing,
            limits=QUICK,
            sleep=self.waits.append,
        )

    def reason(self, address: str) -> str:
        """Return why a picture can't be had."""
        with pytest.raises(FetchError) as caught:
            self.fetcher.picture(address)
        assert "\n" not in str(caught.value)
        return str(caught.value)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk that may ask this machine."""
    return Desk(tmp_path)


def test_a_picture_is_fetched_once_and_stays(
    server: IiifServer, desk: Desk, tmp_path: Path
) -> None:
    path = desk.fetcher.picture(server.address + PICTURE)
    header = decoding.read_header(path)
    assert (header.width, header.height) == (300, 200)
    assert Desk(tmp_path).fetcher.picture(server.address + PICTURE) == path
    assert Desk(tmp_path, is_offline=True).fetcher.picture(server.address + PICTURE) == path
    assert server.asked[PICTURE] == 1


def test_nothing_is_fetched_offline(server: IiifServer, tmp_path: Path) -> None:
    assert "--no-fetch" in Desk(tmp_path, is_offline=True).reason(server.address + PICTURE)
    assert not server.asked


def test_a_passing_failure_is_tried_again_and_the_servers_wait_is_kept(
    server: IiifServer, desk: Desk
) -> None:
    server.failures[PICTURE] = [(503, {}), (429, {"Retry-After": "7"})]
    desk.fetcher.picture(server.address + PICTURE)
    assert desk.waits == [0.5, 7]


def test_a_server_that_asks_for_a_long_wait_is_left_alone(server: IiifServer, desk: Desk) -> None:
    server.failures[PICTURE] = [(429, {"Retry-After": "3600"})]
    assert "429; run this again later" in desk.reason(server.address + PICTURE)
    assert desk.waits == []


def test_a_missing_file_is_asked_for_once(server: IiifServer, desk: Desk) -> None:
    for _ in range(2):
        assert "HTTP status 404" in desk.reason(f"{server.address}/none")
    assert server.asked["/none"] == 1
    assert list(desk.fetcher.notes()) == [
        f"1 addresses couldn't be fetched, such as {server.address}/none: expected a file, found HTTP status 404; "
        "correct the address"
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/stall", "no more bytes in time"),
        ("/drip", "longer"),
        ("/drip-head", "in time"),
        ("/endless", "at most 1 MB"),
        ("/page", "found a web page"),
        ("/loop", "at most 5 redirects"),
    ],
)
def test_no_answer_holds_the_converter(
    server: IiifServer, desk: Desk, path: str, expected: str
) -> None:
    started_s = time.monotonic()
    assert expected in desk.reason(server.address + path)
    assert time.monotonic() - started_s < 5


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("file:///etc/passwd", "starts with 'file'"),
        ("ftp://example.org/a.jpg", "starts with 'ftp'"),
        ("http://user:word@example.org/a.jpg", "without a user name"),
    ],
)
def test_a_redirect_leads_to_the_web_alone(
    server: IiifServer, desk: Desk, target: str, expected: str
) -> None:
    server.failures["/away"] = [(302, {"Location": target})]
    assert expected in desk.reason(f"{server.address}/away")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "2130706433"]
)
def test_private_servers_are_refused(tmp_path: Path, host: str) -> None:
    reason = Desk(tmp_path, allows_private=False).reason(f"http://{host}:9/a.jpg")
    assert "--allow-private" in reason


def test_a_server_that_fails_in_a_row_is_not_asked_again(server: IiifServer, desk: Desk) -> None:
    for number in range(8):
        server.failures[f"/{number}"] = [(500, {})] * 3
        desk.reason(f"{server.address}/{number}")
    assert "failures in a row" in desk.reason(f"{server.address}/8")
    assert sum(server.asked.values()) == 15


def test_many_are_fetched_together_and_what_is_there_is_left(
    server: IiifServer, desk: Desk
) -> None:
    addresses = [f"{server.address}/{number}/full/20,/0/default.jpg" for number in range(9)]
    desk.fetcher.picture(addresses[0])
    done: list[tuple[int, int]] = []
    desk.fetcher.fetch_all(
        [*addresses, addresses[1], f"{server.address}/none"], lambda *at: done.append(at)
    )
    assert done[-1] == (9, 9)
    assert all(map(desk.fetcher.has_picture, addresses))
    assert max(server.asked.values()) == 1


def test_a_documents_copy_is_a_day_old_at_most(server: IiifServer, desk: Desk) -> None:
    server.documents["/m"] = {}
    path = desk.fetcher.document(f"{server.address}/m")
    desk.fetcher.document(f"{server.address}/m")
    assert server.asked["/m"] == 1
    os.utime(path, (0, 0))
    desk.fetcher.document(f"{server.address}/m")
    assert server.asked["/m"] == 2


def test_a_refreshing_fetcher_asks_once_more_for_documents_alone(
    server: IiifServer, desk: Desk, tmp_path: Path
) -> None:
    server.documents["/m"] = {}
    desk.fetcher.document(f"{server.address}/m")
    desk.fetcher.picture(server.address + PICTURE)
    again = Desk(tmp_path, is_refreshing=True).fetcher
    for _ in range(2):
        again.document(f"{server.address}/m")
        again.picture(server.address + PICTURE)
    assert server.asked == {"/m": 2, PICTURE: 1}


def test_a_table_may_be_larger_than_a_manifest_and_is_fetched_as_one(
    server: IiifServer, tmp_path: Path
) -> None:
    server.documents["/works"] = ["x" * 2000]
    limits = FetchLimits(document_bytes=1000, table_bytes=4000, interval_s=0)
    fetcher = Fetcher(Cache(root=tmp_path), allows_private=True, limits=limits)
    path = fetcher.table(f"{server.address}/works")
    assert path.stat().st_size > 2000
    assert fetcher.document(f"{server.address}/works") == path
    server.documents["/more"] = ["x" * 5000]
    with pytest.raises(FetchError, match="at most 0 MB"):
        fetcher.table(f"{server.address}/more")
    assert [one.name for one in tmp_path.rglob("*") if one.is_file()] == [path.name]
    assert server.asked == {"/works": 1, "/more": 1}


def test_a_long_row_of_manifests_says_how_far_it_is(
    server: IiifServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    limits = FetchLimits(interval_s=0)
    fetcher = Fetcher(Cache(root=tmp_path), allows_private=True, limits=limits)
    with caplog.at_level("INFO"):
        for number in range(201):
            server.documents[f"/{number}"] = {}
            fetcher.document(f"{server.address}/{number}")
    found = [record.getMessage() for record in caplog.records if "manifests" in record.getMessage()]
    assert found == [f"{count} tables and manifests were fetched" for count in (100, 200)]

"""The commands of an import know their options, and refuse what can't be."""

import argparse
from pathlib import Path

import pytest
from iiif_server import running

from converter import cli, import_commands
from converter.errors import FetchError
from converter.ingest.fetch.fetcher import Fetcher


@pytest.fixture
def parser() -> argparse.ArgumentParser:
    """A parser with the commands of an import."""
    made = argparse.ArgumentParser()
    import_commands.add_commands(made.add_subparsers(dest="verb"))
    return made


@pytest.mark.parametrize("verb", ["start", "check"])
def test_a_command_takes_a_folder_or_a_file(parser: argparse.ArgumentParser, verb: str) -> None:
    assert parser.parse_args([verb, "works.xlsx"]).collection == Path("works.xlsx")


def test_a_check_connects_to_servers_unless_told_not_to(
    parser: argparse.ArgumentParser, tmp_path: Path
) -> None:
    cache = ("--cache", str(tmp_path))
    fetching = parser.parse_args(["check", "prints", *cache])
    offline = parser.parse_args(["check", "prints", "--no-fetch", *cache])

    assert not fetching.no_fetch
    assert offline.no_fetch
    assert not fetching.allow_private
    assert import_commands.cache_of(fetching).root == tmp_path
    with pytest.raises(FetchError, match="--no-fetch"):
        import_commands.fetcher_of(offline).picture("https://example.org/1.jpg")


@pytest.mark.parametrize(
    "command",
    [
        ["start"],
        ["check"],
        ["build", "--out", "b"],
        ["parity", "b", "--collection"],
        ["evaluate", "b", "--collection"],
    ],
    ids=lambda command: str(command[0]),
)
def test_each_command_that_reads_a_collection_has_a_fetcher(command: list[str]) -> None:
    options = cli.parser().parse_args([*command, "prints", "--allow-private", "--refresh"])

    assert options.collection == Path("prints")
    assert isinstance(import_commands.fetcher_of(options), Fetcher)


@pytest.mark.parametrize("verb", ["start", "check"])
def test_a_command_takes_an_address(parser: argparse.ArgumentParser, verb: str) -> None:
    address = "https://example.org/manifest.json"

    assert parser.parse_args([verb, address]).collection == address


def test_an_address_is_started_and_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, cache = tmp_path / "prints", ["--allow-private", "--cache", str(tmp_path / "cache")]
    with running() as server:
        server.documents["/works"] = [
            {"id": "1", "title": "Mill", "image": f"{server.address}/1/full/90,/0/default.jpg"}
        ]
        address = f"{server.address}/works"
        assert cli.main(["start", address, "--out", str(folder), *cache]) == 0
        printed = capsys.readouterr().out
        assert cli.main(["check", str(folder), *cache]) == 0
        assert cli.main(["check", address, *cache]) == 0
        assert cli.main(["check", address, "--cache", str(tmp_path / "other")]) == 1

    assert printed.endswith(f"next: printkiosk-convert check {folder} --allow-private\n")
    assert "add --allow-private" in capsys.readouterr().err
    assert server.asked["/works"] == 1

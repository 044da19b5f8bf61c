"""The commands of an import know their options, and refuse what can't be."""

import argparse
from pathlib import Path

import pytest

from converter import import_commands
from converter.errors import FetchError


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

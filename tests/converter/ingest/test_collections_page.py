"""docs/collections.md describes every key of collection.toml, and its walks work."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from exported_collection import write_picture
from exported_formats import FORMATS, PICTURES
from iiif_server import running

from converter import cli
from converter.import_commands import fetcher_of
from converter.ingest import build_checks, collection, settings
from converter.ingest.mapping import column_spec

PAGE = (Path(__file__).parents[3] / "docs" / "collections.md").read_text("utf-8")
KEYS = PAGE.split("## The keys of collection.toml")[1].split("\n## ")[0]


def test_every_key_is_documented_and_no_other() -> None:
    sections = re.split(r"^### \[(\w+)\]$", KEYS, flags=re.MULTILINE)[1:]
    described = {
        name: set(re.findall(r"^\| `(\w+)` \|", text, flags=re.MULTILINE))
        for name, text in zip(sections[::2], sections[1::2], strict=True)
    }
    known = {name: set(keys) for name, keys in settings.KEYS.items()}
    known["languages"] -= set(settings.FIELDS)  # one row for any field
    known["columns"] |= set(column_spec.KEYS)

    assert described == known


def test_the_examples_are_valid(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)
    path = tmp_path / "collection.toml"
    path.write_text(example, encoding="utf-8")

    assert set(settings.read(path).columns) == {"technique", "title", "makers", "institution"}


# Each walk, the format of its source, and the file that it names; an address stands for one on the tests' server.
WALKS = {
    "From CSV": ("csv", "prints/works.csv"),
    "From Excel": ("xlsx", "prints/works.xlsx"),
    "From JSON": ("json", "prints/works.json"),
    "From LIDO": ("lido", "prints/lido.xml"),
    "From IIIF files": ("iiif", "prints/collection.json"),
    "From IIIF by address": ("iiif", "https://iiif.example.org/prints/collection.json"),
}


def commands(walk: str) -> Iterator[list[str]]:
    """Yield the commands of a walk, without the program's name."""
    section = PAGE.split(f"### {walk}\n")[1].split("\n#")[0]
    for block in re.findall(r"^```\n(.*?)^```", section, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            program, *words = shlex.split(line)
            assert program == ".venv-desk/bin/printkiosk-convert"
            yield words


def test_every_walk_is_known() -> None:
    section = PAGE.split("## A walk for each kind of source\n")[1].split("\n## ")[0]

    assert re.findall(r"^### (.*)$", section, re.MULTILINE) == list(WALKS)


@pytest.mark.parametrize("walk", WALKS)
def test_a_walk_leads_to_a_collection_that_can_be_built(
    walk: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    kind, source = WALKS[walk]
    name = source.partition("//iiif.example.org/")[2]
    path = Path("web" if name else ".") / (name or source)
    for number, picture in enumerate(PICTURES):
        write_picture(path.parent / picture, number)
    FORMATS[kind](path)
    options = ["--cache", str(tmp_path / "cache")] + (["--allow-private"] if name else [])

    with running() as server:
        server.folder = tmp_path / "web"
        written = list(commands(walk))
        for words in written:
            words = [word.replace("https://iiif.example.org", server.address) for word in words]
            parsed = cli.parser().parse_args([*words, *options])
            if words[0] == "build":
                read = collection.read(parsed.collection, fetcher=fetcher_of(parsed))
                assert not build_checks.reasons_to_stop(read, parsed.max_refused)
            else:
                assert cli.main([*words, *options]) == 0

    assert [words[0] for words in written][:2] == ["start", "check"]
    assert source in " ".join(map(" ".join, written)) or Path(source).exists()
    assert source in PAGE

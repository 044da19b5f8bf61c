"""docs/collections.md describes every key of collection.toml, with valid examples."""

import re
from pathlib import Path

from converter.ingest import settings
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

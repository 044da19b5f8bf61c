"""Every format of the large export says the same of the same works."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.large_exports import PICTURES, work, write_csv, write_lido, write_pictures, write_xlsx
from converter.ingest import collection

COUNT = PICTURES + 5


@pytest.mark.parametrize("write", [write_csv, write_xlsx, write_lido])
def test_an_export_is_read_without_a_refusal(
    tmp_path: Path, write: Callable[[Path, int], None]
) -> None:
    write_pictures(tmp_path, COUNT)
    write(tmp_path, COUNT)

    found = collection.read(tmp_path)

    assert (len(found.items), found.refusals) == (COUNT, ())
    last = found.items[-1]
    assert (last.record_id, last.title) == (work(COUNT - 1)["record_id"], work(COUNT - 1)["title"])
    assert last.inventory_number == work(COUNT - 1)["inventory_number"]
    assert last.year_min is not None
    assert last.makers
    assert sum(not item.show_picture for item in found.items) == COUNT // 4


def test_no_two_works_have_the_same_texts() -> None:
    works = [work(number) for number in range(1000)]

    for field in ("record_id", "image", "title", "inventory_number", "source_url"):
        assert len({one[field] for one in works}) == 1000
    assert len({one["date"] for one in works}) > 300

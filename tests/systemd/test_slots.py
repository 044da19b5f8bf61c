"""The two slots: which is active, and which can be returned to."""

from pathlib import Path

from installer import slots
from installer.paths import Paths


def test_a_link_makes_one_slot_active_and_the_other_the_previous(tmp_path: Path) -> None:
    paths = Paths(root=tmp_path)
    for name in ("a", "b"):
        (paths.home / "slots" / name).mkdir(parents=True)
        (paths.home / "slots" / name / "made-of").write_text(name)
    assert slots.current(paths) is None

    slots.activate(paths, paths.home / "slots/a")
    assert (slots.current(paths), slots.previous(paths)) == (
        paths.home / "slots/a",
        paths.home / "slots/b",
    )
    slots.activate(paths, paths.home / "slots/b")
    assert slots.current(paths) == paths.home / "slots/b"


def test_an_incomplete_slot_cannot_be_returned_to(tmp_path: Path) -> None:
    paths = Paths(root=tmp_path)
    for name in ("a", "b"):
        (paths.home / "slots" / name).mkdir(parents=True)
    slots.activate(paths, paths.home / "slots/a")

    assert slots.previous(paths) is None

"""A case is copied before it is read, so that nothing writes next to the original."""

from pathlib import Path

from PIL import Image

from bench.case_folders import copied


def test_a_case_is_copied_with_its_pictures_and_removed_again(tmp_path: Path) -> None:
    case = tmp_path / "case"
    case.mkdir()
    (case / "metadata.csv").write_text("id\n1\n")
    (case / "pictures.txt").write_text("a.jpg\nbelow/b.png\n")

    with copied(case) as folder:
        assert sorted(path.name for path in folder.rglob("*") if path.is_file()) == [
            "a.jpg",
            "b.png",
            "metadata.csv",
        ]
        assert (folder / "a.jpg").read_bytes() != (folder / "below/b.png").read_bytes()
        with Image.open(folder / "below/b.png") as picture:
            assert picture.size == (8, 12)
        (folder / "collection.toml").write_text("")

    assert not folder.exists()
    assert sorted(path.name for path in case.iterdir()) == ["metadata.csv", "pictures.txt"]

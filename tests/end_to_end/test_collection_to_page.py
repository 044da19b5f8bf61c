"""A small collection becomes a bundle, and the page names a print that is shown."""

import io
import shutil
from pathlib import Path

import pytest
from PIL import Image

from converter import cli
from converter.cache import Cache
from device.config import CameraConfig, Config
from device.service import open_kiosk
from kiosk_ui import create_app

pytestmark = [pytest.mark.tensorflow, pytest.mark.weights]

DEMO = Path(__file__).parents[2] / "demo/collection"
TITLES = {
    "engraving.jpg": "The Tower of Babel, after an unknown master",
    "lithograph.jpg": "A lock gate at Gatún",
    "flower.jpg": "Iris &amp; <i>lilies</i>",
}
SHOWN = {**TITLES, "flower.jpg": "Iris & lilies"}


@pytest.fixture
def museum(tmp_path: Path) -> Path:
    """A museum's export with its own column names and separator."""
    folder = tmp_path / "museum"
    (folder / "scans").mkdir(parents=True)
    sources = sorted((DEMO / "images").glob("*.jpg"))
    chosen = [sources[5], sources[85], sources[165]]
    lines = ["Objektnummer;Titel;Person;Datierung;Technik;Bild;Rechte"]
    for source, (name, title) in zip(chosen, TITLES.items(), strict=True):
        shutil.copyfile(source, folder / "scans" / name)
        lines.append(f'M-{name[:3]};"{title}";Anonym;um 1640;Radierung;{name};Public domain')
    (folder / "metadata.csv").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "collection.toml").write_text(
        """
        [collection]
        name = "Museum im Test"
        images = "scans"
        [columns]
        record_id = "Objektnummer"
        title = "Titel"
        makers = "Person"
        date = "Datierung"
        technique = "Technik"
        image = "Bild"
        rights = "Rechte"
        [languages]
        title = "de"
        """,
        "utf-8",
    )
    return folder


def test_a_print_of_a_museums_export_is_named_on_the_page(
    museum: Path, desk_cache: Cache, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = tmp_path / "bundle"

    few = ["--captures", "6", "--cache", str(desk_cache.root)]

    assert cli.main(["build", str(museum), "--out", str(bundle), "--gate", "none", *few]) == 0
    assert "3 prints, 0 refused" in capsys.readouterr().out

    config = Config(bundle=bundle, camera=CameraConfig(kind="none"))
    with open_kiosk(config, {}) as service:
        client = create_app(service, config.screen, ["localhost"]).test_client()
        for name, title in SHOWN.items():
            photograph = _photograph(museum / "scans" / name)
            answer = client.post(
                "/api/v1/search", data={"image": (io.BytesIO(photograph), "photo.jpg")}
            ).get_json()
            record = client.get(f"/api/v1/records/{answer['matches'][0]['record_id']}").get_json()
            assert record["title"] == title
            assert (record["year_min"], record["year_max"]) == (1635, 1645)
        narrowed = client.get("/api/v1/filters?technique=Radierung").get_json()
        assert narrowed["remaining"] == 3


def _photograph(path: Path) -> bytes:
    """Return a darker, slightly turned JPEG of a print, like a phone's."""
    with Image.open(path) as image:
        photograph = (
            image.convert("RGB").rotate(2, fillcolor=(120, 110, 100)).point(lambda v: v * 0.85)
        )
    buffer = io.BytesIO()
    photograph.save(buffer, "JPEG", quality=70)
    return buffer.getvalue()

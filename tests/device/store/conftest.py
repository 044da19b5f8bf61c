"""A museum that publishes two tiny bundles, one after the other, and a kiosk that fetches them."""

from pathlib import Path

import museum
import pytest
from museum import Museum


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory, small_bundle: Path) -> Museum:
    """A museum with a first tiny bundle published, and `second` and `third` beside. Copy it to change it."""
    folder = tmp_path_factory.mktemp("museum")
    founded = museum.found(folder)
    for name in ("first", "second", "third"):
        museum.tiny(folder / name, small_bundle, name)
    founded.publish(folder / "first")
    return founded


@pytest.fixture
def desk(published: Museum, tmp_path: Path) -> Museum:
    """The museum, to publish more, and to attack."""
    return museum.copied(published, tmp_path / "museum")

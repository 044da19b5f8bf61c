"""A museum with tiny bundles to publish."""

from pathlib import Path

import museum
import pytest
from museum import Museum


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory, small_bundle: Path) -> Museum:
    """A museum that has published a tiny bundle; copy it to change it."""
    folder = tmp_path_factory.mktemp("museum")
    founded = museum.found(folder)
    for name in ("first", "second", "third"):
        museum.tiny(folder / name, small_bundle, name)
    founded.publish(folder / "first")
    return founded


@pytest.fixture
def desk(published: Museum, tmp_path: Path) -> Museum:
    """A copy of the museum, to publish more bundles from and to attack."""
    return museum.copied(published, tmp_path / "museum")

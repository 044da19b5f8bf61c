"""A museum with tiny bundles to publish."""

from pathlib import Path

import publishing_desk
import pytest
from publishing_desk import PublishingDesk


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory, small_bundle: Path) -> PublishingDesk:
    """A museum that has published a tiny bundle; copy it to change it."""
    folder = tmp_path_factory.mktemp("museum")
    founded = publishing_desk.set_up(folder)
    for name in ("first", "second", "third"):
        publishing_desk.write_tiny_bundle(folder / name, small_bundle, name)
    founded.publish(folder / "first")
    return founded


@pytest.fixture
def desk(published: PublishingDesk, tmp_path: Path) -> PublishingDesk:
    """A copy of the museum, to publish more bundles from and to attack."""
    return publishing_desk.copy_desk(published, tmp_path / "museum")

"""VGG16's weights come from the first source that has them, identified by their hash."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from converter.errors import WeightsUnavailableError
from converter.model import weights
from converter.model.weight_files import SHAPES, Layer, write_npz


def _random_layers(seed: int) -> tuple[Layer, ...]:
    """Return random layers of the right shapes, which are not ImageNet's."""
    rng = np.random.default_rng(seed)
    return tuple(
        Layer(
            name=name,
            kernel=rng.normal(size=shape).astype(np.float32),
            bias=rng.normal(size=shape[3]).astype(np.float32),
        )
        for name, shape in SHAPES.items()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Remote:
    """A remote source that returns or raises as `answer` does."""

    name: str
    answer: Callable[[], tuple[Layer, ...]]

    def fetch(self, folder: Path, log: Callable[[str], None]) -> tuple[Layer, ...]:
        return self.answer()


def _unreachable() -> tuple[Layer, ...]:
    raise WeightsUnavailableError("no answer within 5 s")


@pytest.mark.slow
def test_weights_of_a_given_file_are_used_and_identified_by_their_hash(tmp_path: Path) -> None:
    with (tmp_path / "own.npz").open("wb") as file:
        write_npz(file, _random_layers(1))

    found = weights.find(tmp_path / "own.npz", cache=tmp_path / "cache", remotes=())

    assert found.sha256 == weights.digest(_random_layers(1))
    assert found.sha256 != weights.digest(_random_layers(2))
    assert not found.are_imagenet
    assert not (
        tmp_path / "cache"
    ).exists(), "a museum's own weights must not be cached as ImageNet's"


@pytest.mark.slow
def test_each_failed_source_is_logged_before_the_next_is_tried(tmp_path: Path) -> None:
    lines: list[str] = []
    remotes = [
        _Remote(name="the first place", answer=_unreachable),
        _Remote(name="the second place", answer=lambda: _random_layers(3)),
    ]

    with pytest.raises(WeightsUnavailableError, match=r"first place.*no answer.*second place"):
        weights.find(None, cache=tmp_path, log=lines.append, remotes=remotes)

    assert "weights: trying the first place" in lines
    assert lines.index("weights: trying the second place") > lines.index(
        "weights: trying the first place"
    )


@pytest.mark.slow
def test_fetched_weights_that_are_not_imagenets_are_never_cached(tmp_path: Path) -> None:
    remotes = [_Remote(name="a wrong source", answer=lambda: _random_layers(3))]

    with pytest.raises(WeightsUnavailableError, match="expected ImageNet's weights"):
        weights.find(None, cache=tmp_path, log=lambda line: None, remotes=remotes)

    assert not weights.cache_file(tmp_path).exists()


@pytest.mark.weights
def test_imagenets_weights_have_their_hash_and_a_damaged_copy_is_replaced(
    imagenet: weights.Weights, tmp_path: Path
) -> None:
    assert imagenet.sha256 == "d9a27cc1fc7f975ef8cff49180e794ccd7c4bc868ebb49740803b3bbaa8dbefd"
    weights.cache_file(tmp_path).write_bytes(b"damaged")
    remotes = [_Remote(name="a right source", answer=lambda: imagenet.layers)]

    found = weights.find(None, cache=tmp_path, log=lambda line: None, remotes=remotes)
    again = weights.find(None, cache=tmp_path, log=lambda line: None, remotes=())

    assert found.are_imagenet
    assert again.sha256 == found.sha256


def test_one_changed_number_changes_the_hash() -> None:
    layers = _random_layers(1)
    kernel = layers[5].kernel.copy()
    kernel[0, 0, 0, 0] += 1e-6
    changed = (*layers[:5], replace(layers[5], kernel=kernel), *layers[6:])

    assert weights.digest(changed) != weights.digest(layers)

"""VGG16's weights come from the first place that has them, are known by their hash, and each miss is said."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from converter.errors import WeightsFileError, WeightsUnavailableError
from converter.model import weights
from converter.model.weight_files import SHAPES, Layer, write_npz


def _drawn(seed: int) -> tuple[Layer, ...]:
    """Give layers of the right shapes, drawn at random: not ImageNet's."""
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
    """A place that gives what it is told to."""

    name: str
    answer: Callable[[], tuple[Layer, ...]]

    def fetch(self, folder: Path, say: Callable[[str], None]) -> tuple[Layer, ...]:
        return self.answer()


def _absent() -> tuple[Layer, ...]:
    raise WeightsUnavailableError("no answer within 5 s")


def test_a_file_of_ones_own_is_taken_and_known_by_its_hash(tmp_path: Path) -> None:
    with (tmp_path / "own.npz").open("wb") as file:
        write_npz(file, _drawn(1))

    found = weights.find(tmp_path / "own.npz", cache=tmp_path / "cache", remotes=())

    assert found.sha256 == weights.digest(_drawn(1))
    assert found.sha256 != weights.digest(_drawn(2))
    assert not found.are_imagenet
    assert not (tmp_path / "cache").exists(), "a museum's own weights are not taken for ImageNet's"


@pytest.mark.parametrize("content", [b"", b"no weights", b"PK\x03\x04cut short"])
@pytest.mark.parametrize("name", ["own.npz", "own.weights.h5", "own.onnx"])
def test_a_file_that_holds_no_vgg16_is_refused_in_one_line(
    tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(WeightsFileError) as raised:
        weights.find(tmp_path / name, cache=tmp_path, remotes=())

    assert name in str(raised.value)
    assert "\n" not in str(raised.value)


def test_each_source_that_is_missed_says_which_comes_next(tmp_path: Path) -> None:
    said: list[str] = []
    remotes = [
        _Remote(name="the first place", answer=_absent),
        _Remote(name="the second place", answer=lambda: _drawn(3)),
    ]

    with pytest.raises(WeightsUnavailableError, match=r"first place.*no answer.*second place"):
        weights.find(None, cache=tmp_path, say=said.append, remotes=remotes)

    assert "weights: trying the first place" in said
    assert said.index("weights: trying the second place") > said.index(
        "weights: trying the first place"
    )


def test_weights_that_are_not_imagenets_are_never_kept_as_such(tmp_path: Path) -> None:
    remotes = [_Remote(name="a stranger", answer=lambda: _drawn(3))]

    with pytest.raises(WeightsUnavailableError, match="expected ImageNet's weights"):
        weights.find(None, cache=tmp_path, say=lambda line: None, remotes=remotes)

    assert not weights.cache_file(tmp_path).exists()


@pytest.mark.weights
def test_the_published_weights_are_these_and_a_damaged_copy_is_replaced(
    imagenet: weights.Weights, tmp_path: Path
) -> None:
    assert imagenet.sha256 == "d9a27cc1fc7f975ef8cff49180e794ccd7c4bc868ebb49740803b3bbaa8dbefd"
    weights.cache_file(tmp_path).write_bytes(b"damaged")
    remotes = [_Remote(name="a good place", answer=lambda: imagenet.layers)]

    found = weights.find(None, cache=tmp_path, say=lambda line: None, remotes=remotes)
    again = weights.find(None, cache=tmp_path, say=lambda line: None, remotes=())

    assert found.are_imagenet
    assert again.sha256 == found.sha256


def test_one_changed_number_changes_the_hash() -> None:
    layers = _drawn(1)
    kernel = layers[5].kernel.copy()
    kernel[0, 0, 0, 0] += 1e-6
    changed = (*layers[:5], replace(layers[5], kernel=kernel), *layers[6:])

    assert weights.digest(changed) != weights.digest(layers)

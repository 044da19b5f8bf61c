"""Look up one picture of a bundle among all others, as it is and mirrored."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from converter.build.duplicates import measure_pair
from converter.build.duplicates.bundle_pictures import BundlePicture
from converter.build.duplicates.measure_pair import PairMeasures
from converter.build.duplicates.stored_features import PictureQuery, StoredFeatures
from device.errors import BundleDamagedError
from device.recognition.local import geometric_check
from device.recognition.local.inverted_index import Candidate

# Pictures that the index proposes for one look-up. Those in which enough pairs agree on one place are compared.
_PROPOSED, _AGREEING = 16, 3
# Look-ups of one picture, each without the pictures found before. So at most 128 partners are found from one side.
_ROUNDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturePair:
    """Two pictures that share lines.

    Attributes:
        first, second: Their rows; `first` is the smaller one.
    """

    first: int
    second: int
    measures: PairMeasures


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """What was found for one picture.

    Attributes:
        pairs: Each pair with this picture.
        compared: Number of pictures that it was compared with.
        is_full: Whether there may be more, because every round found something.
    """

    pairs: tuple[PicturePair, ...]
    compared: int
    is_full: bool

    def partners(self, row: int) -> frozenset[int]:
        """Return the other row of each pair with a row."""
        return frozenset(pair.first + pair.second - row for pair in self.pairs)

    def plus(self, other: "LookUp") -> "LookUp":
        """Return what this and another look-up found together."""
        return LookUp(
            pairs=self.pairs + other.pairs,
            compared=self.compared + other.compared,
            is_full=self.is_full or other.is_full,
        )


class PictureLookUp:
    """Looks up the pictures of one bundle among each other."""

    def __init__(self, bundle: Path, pictures: Sequence[BundlePicture], *, inliers: int) -> None:
        """Memory-map the bundle's local features.

        Args:
            bundle: The bundle's folder.
            pictures: All its pictures, by row.
            inliers: Inliers that a pair needs to count.

        Raises:
            BundleDamagedError: If its files can't be used.
        """
        self._bundle = bundle
        self._pictures = pictures
        self._inliers = inliers
        self._features = StoredFeatures(bundle, len(pictures))
        # By record and by file.
        self._rows_of: dict[str | int, list[int]] = {}
        for picture in pictures:
            for key in (picture.item, picture.sha256):
                self._rows_of.setdefault(key, []).append(picture.row)
        # Of the records that share one file, the first stands for all.
        self._repeated = [p.row for p in pictures if p.row != self._rows_of[p.sha256][0]]

    def look_up(self, row: int) -> LookUp:
        """Find the pictures of other records that share lines with one picture.

        Raises:
            BundleDamagedError: If the bundle's files are inconsistent.
        """
        picture = self._pictures[row]
        excluded = {*self._repeated, *self._rows_of[picture.item], *self._rows_of[picture.sha256]}
        try:
            as_is, mirrored = self._features.queries(row)
            found = self._rounds(row, as_is, excluded)
            return found.plus(self._rounds(row, mirrored, {*excluded, *found.partners(row)}))
        except (IndexError, ValueError) as error:  # inconsistent arrays under a valid manifest
            raise BundleDamagedError(
                f"{self._bundle}: local features: expected consistent rows, found {error}; fetch the bundle again"
            ) from error

    def _rounds(self, row: int, query: PictureQuery, excluded: Collection[int]) -> LookUp:
        """Look up until a round finds nothing new."""
        pairs: list[PicturePair] = []
        tried: set[int] = set()
        for _ in range(_ROUNDS):
            measured = self._round(query, {*excluded, *tried})
            tried |= measured.keys()
            new = [
                _pair(row, other, measures)
                for other, measures in measured.items()
                if measures is not None
            ]
            pairs += new
            if not new:
                return LookUp(pairs=tuple(pairs), compared=len(tried), is_full=False)
        return LookUp(pairs=tuple(pairs), compared=len(tried), is_full=True)

    def _round(
        self, query: PictureQuery, excluded: Collection[int]
    ) -> dict[int, PairMeasures | None]:
        """Measure the pictures that the index proposes, by row."""
        return {
            candidate.item: self._measure(query, candidate.item)
            for candidate in self._features.propose(query, _PROPOSED, excluded)
            if self._is_promising(query, candidate)
        }

    def _is_promising(self, query: PictureQuery, candidate: Candidate) -> bool:
        known = self._features.places_of(candidate.item)
        agreeing = geometric_check.count_consistent(query.features, known, candidate.pairs)
        return agreeing >= _AGREEING

    def _measure(self, query: PictureQuery, other: int) -> PairMeasures | None:
        return measure_pair.measure(
            query.features,
            self._features.of(other),
            inliers=self._inliers,
            mirrored=query.mirrored,
        )


def _pair(row: int, other: int, measures: PairMeasures) -> PicturePair:
    if row < other:
        return PicturePair(first=row, second=other, measures=measures)
    return PicturePair(first=other, second=row, measures=measure_pair.swapped(measures))

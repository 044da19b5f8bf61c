"""Traces a straightened picture back to prints by its details: look up, check by geometry, and again in reverse."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from device.bundle import layout
from device.errors import BundleDamagedError
from device.imaging.frames import Pixels
from device.recognition.local import codebook, features, geometric_check, inverted_index
from device.recognition.local.features import Features
from device.recognition.local.geometric_check import GeometricFit
from device.recognition.local.inverted_index import Candidate, IndexedFeatures, InvertedIndex

# Of the proposed prints, those are checked whose looked-up details agree best with each other on a place: the right
# one is then the first or second nearly always, and a picture that is not here costs few checks (docs/decisions.md).
_PROPOSED = 16
_CHECKED = 3
# Details that must agree, the one that others are measured by among them.
_AGREEING = 3
# In reverse, half as many details are looked up: few prints are, and of 200 simulated captures in reverse (normal and
# hard, devset) all were found first with 125 as with 250; with 80 one was not.
_ASKED_IN_REVERSE = inverted_index.ASKED // 2
# Fewer agreeing details than this are chance, and not even worth naming a print first for.
_FEWEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureMatch:
    """A print whose lines lie where the picture's do.

    Attributes:
        item: Row of the print.
        mirrored: Whether it does so in reverse.
        seen, known: The details of the picture (in reverse, when mirrored) and of the print.
    """

    item: int
    mirrored: bool
    fit: GeometricFit
    seen: IndexedFeatures
    known: IndexedFeatures

    @property
    def inliers(self) -> int:
        """How many details agree."""
        return len(self.fit)


class FeatureMatcher:
    """Traces pictures to the prints of one bundle."""

    def __init__(self, bundle: Path, items: int) -> None:
        """Map the bundle's details.

        Raises:
            BundleDamagedError: When they can't be used.
        """
        self._codebook = codebook.load(bundle / layout.CODEBOOK)
        self._catalogue = InvertedIndex(bundle, items)

    def trace(
        self, pixels: Pixels, *, without: Collection[int], enough: int
    ) -> tuple[FeatureMatch, ...]:
        """Give the prints that a picture shows, those with most evidence first; perhaps none.

        Args:
            pixels: uint8 (H, W, 3), RGB: a straightened sheet, turned any way.
            without: Items that don't count.
            enough: With fewer agreeing details than this, the picture is tried in reverse too.

        Raises:
            BundleDamagedError: When the bundle's details name rows that aren't there.
        """
        seen = features.extract(pixels)
        found = self._traced(seen, False, without)
        if found and found[0].inliers >= enough:
            return found
        both = (*found, *self._traced(features.mirrored(seen), True, without))
        return tuple(sorted(both, key=lambda trace: -trace.inliers))

    def propose(
        self,
        seen: Features,
        count: int,
        without: Collection[int] = (),
        *,
        asked: int = inverted_index.ASKED,
    ) -> tuple[IndexedFeatures, list[Candidate]]:
        """Write details down as the bundle's are, and give the prints they lead to, the likeliest first.

        Args:
            seen: Of a picture, the strongest first.
            count: At most so many prints.
            without: Items that don't count.
            asked: How many of the details are looked up.
        """
        projected = self._codebook.project(seen.descriptors)
        written = IndexedFeatures(
            signatures=self._codebook.signatures(projected),
            places=inverted_index.place(seen),
            aspect=seen.width / seen.height,
        )
        words = self._codebook.words(projected[:asked], inverted_index.WORDS_ASKED)
        return written, self._catalogue.propose(written, words, count, without)

    def _traced(
        self, seen: Features, mirrored: bool, without: Collection[int]
    ) -> tuple[FeatureMatch, ...]:
        if len(seen) < 2:
            return ()
        asked = _ASKED_IN_REVERSE if mirrored else inverted_index.ASKED
        try:
            written, proposals = self.propose(seen, _PROPOSED, without, asked=asked)
            likeliest = self._likeliest(written, proposals)
        except (IndexError, ValueError) as error:  # arrays that don't belong together, sealed anew
            raise BundleDamagedError(
                f"details: expected rows that belong together, found {error}; fetch the bundle again"
            ) from error
        found = [
            FeatureMatch(item=item, mirrored=mirrored, fit=fit, seen=written, known=known)
            for item, known in likeliest
            if (fit := geometric_check.check(written, known)) is not None and len(fit) >= _FEWEST
        ]
        return tuple(sorted(found, key=lambda trace: -trace.inliers))

    def _likeliest(
        self, written: IndexedFeatures, proposals: list[Candidate]
    ) -> list[tuple[int, IndexedFeatures]]:
        """Give the proposed prints that are worth a check, with their details."""
        agreeing = {
            each.item: geometric_check.agreement(
                written, self._catalogue.places_of(each.item), each.pairs
            )
            for each in proposals
        }
        worth = [item for item, count in agreeing.items() if count >= _AGREEING]
        worth.sort(key=lambda item: -agreeing[item])
        return [(item, self._catalogue.of(item)) for item in worth[:_CHECKED]]

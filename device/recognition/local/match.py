"""Match a rectified picture to prints by local features.

Features are looked up in the inverted index, the best candidates are checked by geometry. If too few inliers are found,
the mirrored picture is tried as well. Knows nothing of fingerprints and verdicts.
"""

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

# Proposed prints, and how many of them are checked: those with the most looked-up pairs that agree on one place. The right
# print is nearly always the first or second, and a picture that isn't here costs few checks (docs/decisions.md, 19).
_PROPOSED = 16
_CHECKED = 3
# Looked-up pairs that must agree on one transform before a check, including the pair that proposes it.
_AGREEING = 3
# Mirrored, half as many features are looked up, since few prints are mirrored. Of 200 simulated mirrored captures
# (normal and hard, devset), 125 features found all prints first, as 250 did. With 80 features, one print was missed.
_LOOKED_UP_MIRRORED = inverted_index.FEATURES_LOOKED_UP // 2
# Fewer inliers than this are chance, and don't rank a print before the neighbours.
_FEWEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureMatch:
    """A picture of a print that passed the geometric check.

    Attributes:
        item: The picture's row in the bundle (`device.bundle.picture_rows`).
        mirrored: Whether the picture shows the print mirrored.
        fit: Inliers and transform.
        seen: Features of the picture, mirrored if `mirrored`.
        known: Features of the print.
    """

    item: int
    mirrored: bool
    fit: GeometricFit
    seen: IndexedFeatures
    known: IndexedFeatures

    @property
    def inliers(self) -> int:
        """Return the number of inliers."""
        return len(self.fit)


class FeatureMatcher:
    """Matches pictures to the prints of one bundle."""

    def __init__(self, bundle: Path, items: int) -> None:
        """Load the bundle's codebook, and memory-map its inverted index.

        Args:
            bundle: The bundle's folder.
            items: Number of pictures in the bundle.

        Raises:
            BundleDamagedError: If the files can't be used.
        """
        self._codebook = codebook.load(bundle / layout.CODEBOOK)
        self._inverted_index = InvertedIndex(bundle, items)

    def match(
        self, pixels: Pixels, *, excluded: Collection[int], enough: int
    ) -> tuple[FeatureMatch, ...]:
        """Return the prints that a picture shows, most inliers first.

        Args:
            pixels: uint8 (H, W, 3), RGB: a rectified sheet in any rotation, or a whole frame.
            excluded: Rows of pictures to ignore.
            enough: With fewer inliers than this, the mirrored picture is tried as well.

        Returns:
            Empty if no print passes the geometric check.

        Raises:
            BundleDamagedError: If the bundle's feature files refer to rows that don't exist.
        """
        seen = features.extract(pixels)
        found = self._match_oriented(seen, False, excluded)
        if found and found[0].inliers >= enough:
            return found
        both = (*found, *self._match_oriented(features.mirrored(seen), True, excluded))
        return tuple(sorted(both, key=lambda match: -match.inliers))

    def propose(
        self,
        seen: Features,
        count: int,
        excluded: Collection[int] = (),
        *,
        lookups: int = inverted_index.FEATURES_LOOKED_UP,
    ) -> tuple[IndexedFeatures, list[Candidate]]:
        """Index a picture's features as the bundle's are, and return candidates, best first.

        Args:
            seen: The picture's features, strongest first.
            count: Maximum number of candidates.
            excluded: Rows of pictures to ignore.
            lookups: How many of the strongest features are looked up.
        """
        projected = self._codebook.project(seen.descriptors)
        indexed = IndexedFeatures(
            signatures=self._codebook.signatures(projected),
            places=inverted_index.quantise_places(seen),
            aspect=seen.width / seen.height,
        )
        words = self._codebook.words(projected[:lookups], inverted_index.WORDS_PER_FEATURE)
        return indexed, self._inverted_index.propose(indexed, words, count, excluded)

    def _match_oriented(
        self, seen: Features, mirrored: bool, excluded: Collection[int]
    ) -> tuple[FeatureMatch, ...]:
        """Look up and check a picture's features, either as seen or mirrored."""
        if len(seen) < 2:
            return ()
        lookups = _LOOKED_UP_MIRRORED if mirrored else inverted_index.FEATURES_LOOKED_UP
        try:
            indexed, proposals = self.propose(seen, _PROPOSED, excluded, lookups=lookups)
            candidates = self._most_consistent(indexed, proposals)
        except (IndexError, ValueError) as error:  # inconsistent arrays under a valid manifest
            raise BundleDamagedError(
                f"local features: expected consistent rows, found {error}; fetch the bundle again"
            ) from error
        found = [
            FeatureMatch(item=item, mirrored=mirrored, fit=fit, seen=indexed, known=known)
            for item, known in candidates
            if (fit := geometric_check.check(indexed, known)) is not None and len(fit) >= _FEWEST
        ]
        return tuple(sorted(found, key=lambda match: -match.inliers))

    def _most_consistent(
        self, indexed: IndexedFeatures, proposals: list[Candidate]
    ) -> list[tuple[int, IndexedFeatures]]:
        """Return the candidates with the most consistent pairs, and their features."""
        consistent = {
            candidate.item: geometric_check.count_consistent(
                indexed, self._inverted_index.places_of(candidate.item), candidate.pairs
            )
            for candidate in proposals
        }
        promising = [item for item, count in consistent.items() if count >= _AGREEING]
        promising.sort(key=lambda item: -consistent[item])
        return [(item, self._inverted_index.features_of(item)) for item in promising[:_CHECKED]]

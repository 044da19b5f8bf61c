"""Cache fitted thresholds and reuse them while few prints of the collection change.

Thresholds are estimates from some hundred captures. Changing one print in twenty moves them less than random variation
does. Fitting takes most of a build's time, so reusing them makes adding ten prints a matter of seconds. The number of
changed prints is stored with the thresholds, always counted from the collection that they were fitted on.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from converter.cache import Cache
from converter.ingest.item import Item
from device.bundle import dataclass_json
from device.bundle.manifest import Thresholds
from device.recognition.embedding.nearest import Vectors

# Largest share of prints that may be added, removed or changed.
MOST_CHANGED = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdCache:
    """The cached thresholds of one collection.

    Attributes:
        parts: The other inputs of the fit: code, model, plan and the collection's name.
    """

    cache: Cache
    parts: tuple[str, ...]

    def get(self, digests: frozenset[str]) -> Thresholds | None:
        """Return cached thresholds if at most 5 % of the prints have changed since the fit.

        Args:
            digests: The digest of each print (`print_digests`).

        Returns:
            The thresholds, with the number of changed prints; None without any that still fit.
        """
        data = self.cache.get("thresholds", *self.parts)
        if data is None:
            return None
        kept = json.loads(data)
        changed = len(digests.symmetric_difference(kept["prints"]))
        if changed > MOST_CHANGED * len(digests):
            return None
        fitted: Thresholds = dataclass_json.from_json(Thresholds, kept["thresholds"], "thresholds")
        return replace(fitted, changed=changed)

    def put(self, digests: frozenset[str], fitted: Thresholds) -> None:
        """Cache thresholds, with the digests of the prints that they were fitted on."""
        kept = {"prints": sorted(digests), "thresholds": dataclass_json.to_json(fitted)}
        self.cache.put("thresholds", *self.parts, data=json.dumps(kept).encode())


def print_digests(
    items: Sequence[Item], vectors: Vectors, related: Mapping[int, frozenset[int]]
) -> frozenset[str]:
    """Return one digest for each print, of its id, fingerprint and related records."""
    return frozenset(
        sha256(
            "\0".join(
                [item.record_id, *sorted(items[r].record_id for r in related.get(row, ()))]
            ).encode()
            + vectors[row].tobytes()
        ).hexdigest()[:24]
        for row, item in enumerate(items)
    )

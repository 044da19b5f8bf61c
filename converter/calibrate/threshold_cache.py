"""Thresholds that an earlier build fitted, kept while hardly a print of the collection has changed.

They are estimates from some hundred captures; a print in twenty moves them less than chance does. Fitting them is most
of a build's time, so that ten prints more are a matter of seconds without it. How many prints have changed since is
written down with them, and it is always counted from the collection they were fitted on.
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

# Share of the prints that may have come, gone or changed.
MOST_CHANGED = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdCache:
    """Where the thresholds of one collection are kept.

    Attributes:
        parts: All that they depend on but the prints: code, model, plan, the collection's name.
    """

    cache: Cache
    parts: tuple[str, ...]

    def get(self, digests: frozenset[str]) -> Thresholds | None:
        """Give the thresholds fitted on nearly these prints (`print_digests`); `None` when there are none."""
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
        """Keep thresholds just fitted on these prints."""
        kept = {"prints": sorted(digests), "thresholds": dataclass_json.to_json(fitted)}
        self.cache.put("thresholds", *self.parts, data=json.dumps(kept).encode())


def print_digests(
    items: Sequence[Item], vectors: Vectors, related: Mapping[int, frozenset[int]]
) -> frozenset[str]:
    """Give what tells each print, as it was fitted on, from all others: its id, fingerprint and relatives."""
    return frozenset(
        sha256(
            "\0".join(
                [item.record_id, *sorted(items[r].record_id for r in related.get(row, ()))]
            ).encode()
            + vectors[row].tobytes()
        ).hexdigest()[:24]
        for row, item in enumerate(items)
    )

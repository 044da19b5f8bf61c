"""Group records that pairs connect, directly or through others (union-find)."""

from collections.abc import Iterable


class RecordGroups:
    """Disjoint groups of items, each called by one of its items."""

    def __init__(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Connect the items of each pair."""
        self._leaders: dict[int, int] = {}
        for first, second in pairs:
            self._leaders[self.of(second)] = self.of(first)

    def of(self, item: int) -> int:
        """Return the item that an item's group is called by; its own if nothing connects it."""
        while (leader := self._leaders.setdefault(item, item)) != item:
            self._leaders[item] = self._leaders[leader]  # halves the way for the next time
            item = leader
        return item

"""Which record each row of a bundle's fingerprints and local features belongs to.

Each picture of each record has a row. The records' first pictures come first, so that their row is the record's item
number. The rows of further pictures follow.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRows:
    """The rows of all pictures of a bundle.

    Attributes:
        items: Number of records, and so of first pictures.
        further: Item and position of each further picture, in the order of the rows from `items` on. Position 0 is a
            record's first picture.
    """

    items: int
    further: Sequence[tuple[int, int]] = ()

    def __len__(self) -> int:
        return self.items + len(self.further)

    def item_of(self, row: int) -> int:
        """Return the item of the record that a row's picture belongs to."""
        return row if row < self.items else self.further[row - self.items][0]

    def position_of(self, row: int) -> int:
        """Return the position of a row's picture among those of its record, from 0."""
        return 0 if row < self.items else self.further[row - self.items][1]

    def items_of(self, rows: Iterable[int]) -> frozenset[int]:
        """Return the items of the records that some rows' pictures belong to."""
        return frozenset(map(self.item_of, rows))

    def rows_of(self, items: Collection[int]) -> frozenset[int]:
        """Return the rows of all pictures of some records."""
        chosen = frozenset(items)
        if not chosen:
            return chosen
        owners = enumerate(self.further, self.items)
        return chosen.union(row for row, (item, _) in owners if item in chosen)

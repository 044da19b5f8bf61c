"""List a bundle's prints by maker, with sqlite3 alone: a bundle's records are an ordinary SQLite file.

python examples/read_bundle.py demo/bundle
"""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

BY_MAKER = """
SELECT value, count(*) FROM terms WHERE facet = 'maker'
GROUP BY value ORDER BY count(*) DESC, value LIMIT ?
"""


def makers(bundle: Path, most: int = 10) -> list[tuple[str, int]]:
    """Return the makers with the most prints, each with the number of them."""
    # Immutable: a bundle never changes once it is written, so that SQLite needs no lock and no second file.
    path = (bundle / "records.sqlite").absolute().as_uri()
    with closing(sqlite3.connect(f"{path}?mode=ro&immutable=1", uri=True)) as records:
        return [(str(name), int(count)) for name, count in records.execute(BY_MAKER, (most,))]


if __name__ == "__main__":
    for name, count in makers(Path(sys.argv[1])):
        print(f"{count:6} {name}")

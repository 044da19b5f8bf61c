"""A weak name means one field, and none that a better name means."""

from converter.ingest.columns import FIELDS
from converter.ingest.mapping.column_names import ALIASES, normalised
from converter.ingest.start.weak_names import WEAK_NAMES


def test_no_weak_name_is_a_known_name() -> None:
    known = {normalised(name) for names in ALIASES.values() for name in names}
    weak = [normalised(name) for names in WEAK_NAMES.values() for name in names]

    assert sorted(weak) == sorted(set(weak))
    assert not set(weak) & (known | set(map(normalised, FIELDS)))
    assert set(WEAK_NAMES) <= set(FIELDS)

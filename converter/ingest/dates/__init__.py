"""Parse museums' free-text dates to ranges of years, in six languages."""

from converter.ingest.dates.parse import is_undated, years
from converter.ingest.dates.year_range import CIRCA_YEARS, YearRange

__all__ = ["CIRCA_YEARS", "YearRange", "is_undated", "years"]

"""The comparison of a visitor's print with its record, and the record's link to take home."""

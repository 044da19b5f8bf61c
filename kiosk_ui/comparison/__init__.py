"""Comparing the visitor's print with the recognised record, and the record's link to take home."""

"""State for the staff page: PIN, statistics, unmatched log, preferences, hardware health.

Nothing here identifies a visitor.
"""

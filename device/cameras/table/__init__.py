"""A table on which hands lay prints: the replay camera's view of the stand.

A demo, not an evaluation: it is drawn to be looked at. Recognition is never tuned to it.
"""

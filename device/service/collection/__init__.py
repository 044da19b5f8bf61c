"""The open bundle: shared between requests, browsed, and switched to a new one at run time."""

"""The open bundle: shared between requests, browsed, and switched when a new one arrives."""

"""The open bundle: shared by requests, browsed, and switched at run time."""

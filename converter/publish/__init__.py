"""Publish bundles to a signed repository: keys, chunks, publishing and withdrawing."""

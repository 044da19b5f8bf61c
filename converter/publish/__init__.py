"""Signed repositories of bundles: keys, chunks, publishing and withdrawing."""

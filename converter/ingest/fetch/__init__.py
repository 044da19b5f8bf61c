"""Fetch what an export names by web address, into the cache."""

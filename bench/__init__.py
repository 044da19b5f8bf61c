"""Benchmarks: the kiosk beside its peers, on one machine in one run. No part of the product; it may import all of it."""

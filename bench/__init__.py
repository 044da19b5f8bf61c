"""Benchmarks of the kiosk against its peers, on one machine in one run.

They are not part of the product, and may import all of it.
"""

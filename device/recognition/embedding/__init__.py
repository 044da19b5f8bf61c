"""Fingerprints: preprocessing, the TFLite model, and nearest-neighbour search."""

"""A frame in, an answer out. Knows nothing of cameras, network or Flask; shared with the converter."""

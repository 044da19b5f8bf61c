"""The parts of a bundle: decoded pictures, index, features, codebook, database, and how they get onto disk."""

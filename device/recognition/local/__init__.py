"""Local features: detection, encoding, lookup in the inverted index, and the geometric check of candidates."""

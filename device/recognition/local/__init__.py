"""Local features: detection, encoding, lookup of candidates, and their geometric check."""

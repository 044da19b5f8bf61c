"""Local features: description, look-up in the inverted index, and the geometric check of candidates."""

"""Questions and answers: one queue, the stand's query, uploads, and the overlays of an answer."""

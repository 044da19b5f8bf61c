"""Queries and answers: the queue, the stand's query, uploads, staff captures and overlays."""

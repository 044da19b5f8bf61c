"""Read IIIF manifests and collections of them, Presentation 2 and 3."""

from converter.ingest.readers.iiif.works import looks_like, read

__all__ = ["looks_like", "read"]

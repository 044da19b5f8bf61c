"""Read LIDO 1.0 and 1.1, the exchange format of museums, record by record."""

from converter.ingest.readers.lido.works import looks_like, read

__all__ = ["looks_like", "read"]

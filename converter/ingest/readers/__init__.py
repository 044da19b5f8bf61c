"""Read museums' export formats, each into a `converter.ingest.table.ExportTable`."""

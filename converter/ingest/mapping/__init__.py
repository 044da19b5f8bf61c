"""Map the cells of a row to the fields of a record, as `collection.toml` states it."""

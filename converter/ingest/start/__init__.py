"""Write a first `collection.toml` for an export, from its columns, cells and files."""

"""Read a museum's export into items: tables, columns, dates, relations and picture files."""

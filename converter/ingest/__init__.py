"""A museum's export read into items: tables, columns, dates, relations and picture files."""

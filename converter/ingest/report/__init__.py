"""The report of an import: tables as CSV files, and one page that sums them up."""

"""The pages an evaluation writes: charts, tables, and every failure as a picture."""

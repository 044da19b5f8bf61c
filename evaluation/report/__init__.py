"""Write the evaluation's page: charts, tables, and failures as pictures."""

"""Why an answer is right: the visitor's print laid over the record, and its link to take home."""

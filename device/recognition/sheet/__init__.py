"""Detection of the sheet of paper in a frame, and of the picture on the sheet."""

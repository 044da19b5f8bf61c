"""Where the sheet of paper lies in a frame, and where the picture lies on the sheet."""

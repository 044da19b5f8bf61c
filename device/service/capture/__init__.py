"""The camera at the stand: frames, prints held still, and lost cameras."""

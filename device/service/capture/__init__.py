"""The camera at the stand: reads frames, notices a print held still, recovers a lost camera."""

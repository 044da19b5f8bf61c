"""The bundle format, which the desk writes and the kiosk reads. Standard library only."""

"""The bundle format: what the desk writes and the kiosk reads. Standard library only."""

"""Bundles on this kiosk's disk, and which of them answers."""

"""The staff page behind its PIN, and the USB update strip at the foot of the screen."""

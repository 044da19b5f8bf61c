"""The kiosk's own screen: the page, its state and live picture, and the visit counter."""

"""What runs on the kiosk: a camera's frame in, the print's record out, without any network.

This package knows nothing of TensorFlow (the desk's tool, `converter`) or Flask (the page, `kiosk_ui`).
"""

__version__ = "0.1.0"

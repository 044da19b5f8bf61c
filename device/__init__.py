"""The kiosk: from a camera frame to the record of the print, without a network.

This package knows nothing of TensorFlow, which `converter` uses at the desk, or of Flask, which `kiosk_ui` uses for the page.
"""

__version__ = "0.1.0"

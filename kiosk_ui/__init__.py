"""The touchscreen page and the HTTP API.

They show what the service reports, and know nothing of cameras, models or bundles.
"""

from kiosk_ui.app import create_app, create_lan_app

__all__ = ["create_app", "create_lan_app"]

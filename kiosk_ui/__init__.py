"""The touchscreen page and the HTTP API: shows what the service says, and knows nothing of how it knows."""

from kiosk_ui.app import create_app, create_lan_app

__all__ = ["create_app", "create_lan_app"]

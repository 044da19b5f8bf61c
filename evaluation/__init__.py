"""Evaluate the whole recognition on simulated captures, on a kiosk or at the desk."""

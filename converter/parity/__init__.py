"""Measure how close the kiosk's answers are to full-precision TensorFlow, and report it."""

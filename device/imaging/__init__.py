"""Frames and their geometry, which cameras and recognition both build on."""

"""Recognise the print in a frame.

Knows nothing of cameras, network or Flask; shared with the converter.
"""

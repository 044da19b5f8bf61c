"""Browsing the collection without a camera: lists, pages of prints, single prints."""

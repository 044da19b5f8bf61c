"""Browsing the collection without a camera: lists, pages of prints, a print and its relations."""

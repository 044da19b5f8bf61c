"""The collection without a camera: lists, pages of prints, one print and its relations."""

"""Frames and their geometry: the ground on which cameras and recognition stand."""

"""Fit the thresholds that a bundle ships with on simulated captures of its prints."""

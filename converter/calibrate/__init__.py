"""From simulated captures to the thresholds a bundle ships with."""

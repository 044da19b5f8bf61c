"""Simulated captures: hands, paper, light, backgrounds and a camera's noise around a real print."""

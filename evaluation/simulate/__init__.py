"""Simulate captures: hands, paper, light, backgrounds and camera noise around a print."""

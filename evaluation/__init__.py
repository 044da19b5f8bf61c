"""How well the kiosk does: simulated captures and the scores over them. Runs on the kiosk and at the desk."""

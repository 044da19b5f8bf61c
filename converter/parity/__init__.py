"""How close the kiosk's answers are to full-precision TensorFlow, and the report that shows it."""

"""The staff's pages behind their PIN, and the USB update's status on the stand's screen."""

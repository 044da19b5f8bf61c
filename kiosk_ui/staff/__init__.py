"""The staff's pages behind their PIN, and the status of a USB update on the stand's screen."""

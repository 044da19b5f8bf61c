"""The global fingerprint of a print: preprocessing, the TFLite model, and the nearest neighbours."""

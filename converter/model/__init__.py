"""The VGG16 fingerprint model: its weights, its Keras form, and its quantised TFLite form."""

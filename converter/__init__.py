"""Convert a museum's collection to a bundle. Only this package may use TensorFlow."""

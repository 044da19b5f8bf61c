"""Convert a museum's collection to a bundle at the desk. Only this package may use TensorFlow."""

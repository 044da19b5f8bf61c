"""The museum's desk: from a collection to a bundle. The only home of TensorFlow."""

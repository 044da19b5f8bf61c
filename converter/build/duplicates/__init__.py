"""Report the pictures of a bundle that show the same image, wholly or in part."""

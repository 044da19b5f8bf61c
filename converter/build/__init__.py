"""Make a bundle's pictures, index, local features, codebook and records, and write them."""

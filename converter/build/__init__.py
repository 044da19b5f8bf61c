"""Make the parts of a bundle (pictures, index, local features, codebook, records) and write them to disk."""

"""What picture files hold next to their pixels: segments, chunks, boxes, directories."""

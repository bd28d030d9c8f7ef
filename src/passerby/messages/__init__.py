"""The versioned messages of the seam: what may leave the process that sees the pixels, and nothing else."""

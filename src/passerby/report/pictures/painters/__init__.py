"""One scene as PNG, SVG or PDF."""

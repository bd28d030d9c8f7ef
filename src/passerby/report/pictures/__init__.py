"""Pictures of a place with what is measured there, drawn once and written as PNG, SVG or PDF."""

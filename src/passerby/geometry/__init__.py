"""Boxes, segments, polygons and the ground plane: pure arithmetic on arrays."""

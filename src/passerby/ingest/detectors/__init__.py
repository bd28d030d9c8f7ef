"""Detectors: a picture in, boxes of road users out, on a plain CPU."""

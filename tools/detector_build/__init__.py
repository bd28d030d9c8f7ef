"""Builds the default detector: published NanoDet weights in, one int8 ONNX file out, the same bytes each time."""

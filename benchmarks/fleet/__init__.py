"""Benchmarks of many machines: what a failure costs, and how large a site may be."""

"""Observation tables and count documents: JSON, CSV and Parquet."""

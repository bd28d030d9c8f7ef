"""Published numbers as files that everyone may take: CSV by Etalab's schemas, Parquet, GeoJSON, and their catalogue."""

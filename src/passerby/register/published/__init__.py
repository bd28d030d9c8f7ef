"""The register as it is published: its document, made from what runs, signed, and kept in versions."""

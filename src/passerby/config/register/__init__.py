"""The register in the site file: its keys, and the records of cameras made from them."""

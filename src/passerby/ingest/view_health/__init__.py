"""What the signs in a picture are worked out from; sealed like all of the ingest room."""

"""Pictures, boxes and ways through them that tests make up."""

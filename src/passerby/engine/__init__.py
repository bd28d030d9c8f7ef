"""What keeps a camera's stages running in order."""

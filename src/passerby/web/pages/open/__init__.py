"""The pages of public numbers, for those who live there and those who write about it; no script is needed."""

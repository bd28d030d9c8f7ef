"""The pages of a review film: the redrawn place with its boxes, and counters that go up beside it."""

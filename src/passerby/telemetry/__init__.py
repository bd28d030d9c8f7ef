"""What the software says of itself: where its time goes, how its parts are."""

"""Pages that the service writes itself: plain HTML, which needs no script."""

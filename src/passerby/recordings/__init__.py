"""Work on recorded files: counting, anonymising, replaying, and drawing on them."""

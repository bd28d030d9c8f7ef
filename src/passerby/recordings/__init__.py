"""Work on recorded files: counting and anonymising."""

"""The public pages of the register: no script, nothing loaded from elsewhere."""

"""The routes that everyone may use: the register, questions of the public, and the tree of the audit log."""

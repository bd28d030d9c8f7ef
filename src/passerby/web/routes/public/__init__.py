"""The routes that everyone may use: the register, and questions of the public."""

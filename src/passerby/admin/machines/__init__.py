"""The machines of a site: who has joined, what each does, and their upgrade."""

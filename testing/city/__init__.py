"""A city to try: thousands of simulated cameras on many machines, with a real hub, real links and real outboxes."""

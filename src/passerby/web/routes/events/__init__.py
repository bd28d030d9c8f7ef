"""Place-safety events and what people decide about them, their rules and trials of rules, and who is notified."""

"""What leaves the service: notices of events, and published numbers as open data and by standards."""

"""What leaves the service for named recipients: notices of events."""

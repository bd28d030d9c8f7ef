"""What a service does about its cameras beside watching them: looking for new ones, and keeping their passwords."""

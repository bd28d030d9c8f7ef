"""What tests of accounts share: a store in memory, and people who log in."""

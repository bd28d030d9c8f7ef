"""Accounts, what they log in with, sessions, grants and tokens: the tables of `AccessStore`."""

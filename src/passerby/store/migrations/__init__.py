"""The tables' history: each change that a stored database has to be taken through."""

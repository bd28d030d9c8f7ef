"""Encounters of two road users: footprints, times to collision, and whose way crossed whose."""

"""Rules on the safety of a place, held against what was measured there; never about who a person is."""

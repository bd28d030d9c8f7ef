"""Many places with known crossings in one form, so that settings are chosen on some and judged on others."""

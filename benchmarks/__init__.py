"""What passerby reaches on real footage, beside a counter made of other systems' parts. Run with `make bench`."""

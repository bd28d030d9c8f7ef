"""What tests, benchmarks and the demo share: cameras, servers, made pictures and results; not part of the wheel."""

"""A camera made of a recording: RTSP over TCP, or MJPEG over HTTP, for the demo, tests and benchmarks."""

"""What HTTP and RTSP share, heads of messages and authorisation, and cameras that stream motion JPEG over HTTP."""

"""Line counts, movements, zones, speed, and their aggregation to intervals."""

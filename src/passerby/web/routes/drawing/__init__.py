"""What is drawn on a camera's picture: lines, zones, masks and ground; and the trial of a draft."""

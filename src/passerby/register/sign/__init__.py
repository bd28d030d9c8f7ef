"""The printable street sign of a camera: PDF, with a QR code and icons drawn by us."""

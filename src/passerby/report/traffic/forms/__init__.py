"""A report as HTML, PDF, spreadsheet and JSON."""

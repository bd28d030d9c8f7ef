"""The report that traffic engineers ask for: its tables and plots, as HTML, PDF, spreadsheet and JSON."""

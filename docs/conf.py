"""How Sphinx makes pages of the documentation; nothing is fetched from anywhere, by the build or by the pages."""

project = "passerby"
author = "The passerby authors"
copyright = "the passerby authors"

extensions = ["myst_parser"]
myst_heading_anchors = 4
exclude_patterns = ["conf.py"]
# Links out of this folder, to SECURITY.md, have no page here; whether each leads somewhere, tools.check_docs knows.
suppress_warnings = ["myst.xref_missing"]
# A block without a language is shown as it is, and not read as Python.
highlight_language = "text"

# Furo has light and dark after the reader's system, and on a telephone its navigation is behind a button.
html_theme = "furo"
html_title = "passerby"
html_static_path = ["styles"]
html_css_files = ["narrow.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False

"""How Sphinx makes pages of the documentation; nothing is fetched from anywhere, by the build or by the pages."""

project = "passerby"
author = "The passerby authors"
copyright = "the passerby authors"

extensions = ["myst_parser"]
myst_heading_anchors = 4
exclude_patterns = ["conf.py"]

html_theme = "alabaster"
html_theme_options = {
    "description": "It measures the place, never the person.",
    "fixed_sidebar": True,
    "show_powered_by": False,
}
html_copy_source = False
html_show_sourcelink = False

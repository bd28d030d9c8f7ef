"""The public register: its document, signature and history, its pages, signs, exports, and questions of the public."""

"""Writes the description of the HTTP API (OpenAPI 3.1) without starting a service; the types of ui/ are made from it.

python -m tools.api_description        prints it
python -m tools.api_description FILE   writes it there, where it differs from what is there
"""

import json
import sys
from pathlib import Path

from passerby import __version__
from passerby.web.app import described_app

COOKIE = "__Host-passerby"
"""The session's cookie over TLS; on plain HTTP its name is each service's own."""


def description() -> str:
    """The description as JSON, the same in every run."""
    return json.dumps(described_app(__version__, COOKIE).openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main(arguments: list[str]) -> int:
    """Prints or writes it; returns the exit code."""
    if len(arguments) > 1:
        print("usage: python -m tools.api_description [FILE]", file=sys.stderr)
        return 2
    text = description()
    if not arguments:
        sys.stdout.write(text)
        return 0
    file = Path(arguments[0])
    # A file that has not changed keeps its time, so that what is built from it is not built again.
    if not file.is_file() or file.read_text(encoding="utf-8") != text:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

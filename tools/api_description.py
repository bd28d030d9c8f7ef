"""Writes the OpenAPI document of the API, without starting a service: `python -m tools.api_description FILE`."""

import json
import sys
from pathlib import Path

from testing.web.fakes import Service


def main(arguments: list[str]) -> int:
    """Writes it, sorted, so that the same API gives the same bytes."""
    if len(arguments) != 1:
        print("Usage: python -m tools.api_description FILE", file=sys.stderr)
        return 2
    path = Path(arguments[0])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(Service().app.openapi(), indent=1, sort_keys=True) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

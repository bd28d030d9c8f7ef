"""A request as a line of curl, from its example."""

import json
import shlex
from typing import Any
from urllib.parse import quote, urlencode

SHOWN = frozenset({"start", "end", "camera", "quantity", "bin"})
"""Parameters that may be left out and are shown all the same: most questions have them."""

_ASKED = 'curl --header "Authorization: Bearer $PASSERBY_TOKEN"'


def curl_of(origin: str, method: str, path: str, operation: dict[str, Any]) -> str:
    """Returns the command that asks for an operation as its examples do.

    Args:
        origin: scheme, host and port of the service.
        method: in small letters, as the description has it.
        path: with its parameters in braces.
        operation: as the description has it.
    """
    parts = ["curl" if operation.get("security") == [] else _ASKED]
    if method not in ("get", "post"):
        parts.append(f"--request {method.upper()}")
    query = []
    for parameter in operation.get("parameters", ()):
        name, example = parameter["name"], parameter.get("example")
        if parameter["in"] == "path":
            path = path.replace(f"{{{name}}}", quote(str(example), safe="/"))
        elif parameter["in"] == "header" and parameter.get("required"):
            parts.append(f"--header {shlex.quote(f'{name}: {example}')}")
        elif parameter.get("required") or name in SHOWN:
            query += [(name, each) for each in (example if isinstance(example, list) else [example])]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None:
        parts.append(f"--json {shlex.quote(json.dumps(body.get('example'), ensure_ascii=False))}")
    elif method == "post":
        parts.append("--request POST")
    address = f"{origin}{path}{'?' if query else ''}{urlencode(query, safe=':')}"
    return " \\\n  ".join([*parts, shlex.quote(address)])

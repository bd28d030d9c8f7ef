"""The description of the API, worked out once a process: it takes FastAPI a second."""

from functools import cache
from typing import Any

from testing.web.fakes import Service


@cache
def api_description() -> dict[str, Any]:
    """OpenAPI; shared, so it is not to be changed."""
    return Service().app.openapi()

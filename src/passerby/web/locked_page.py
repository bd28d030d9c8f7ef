"""The page for a browser without a session."""

from http import HTTPStatus

from starlette.responses import HTMLResponse, Response

_LOCKED = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>passerby</title></head><body>
<h1>Please come in by the link</h1>
<p>passerby prints a link at its start; <code>passerby link SITE.yaml</code> gives a new one. It works once, and for 15
minutes; this browser is then known for a week.
</p>
</body></html>
"""


def locked_page(status: HTTPStatus) -> Response:
    """What somebody sees whom we do not know; for people, so it is no problem document."""
    return HTMLResponse(_LOCKED, status)

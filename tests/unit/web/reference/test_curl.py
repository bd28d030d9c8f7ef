"""Lines of curl: what is needed is in them, and a shell reads them as they are meant."""

import shlex

from passerby.web.reference.curl import curl_of


def split(line: str) -> list[str]:
    """The words that a shell makes of it."""
    return shlex.split(line.replace("\\\n", ""))


def test_a_question() -> None:
    parameters = [
        {"name": "camera", "in": "query", "example": ["north", "a b"]},
        {"name": "limit", "in": "query", "example": 100},
        {"name": "line", "in": "query", "required": True, "example": "Peter's gate"},
    ]
    line = curl_of("http://localhost:8642", "get", "/api/v1/x", {"parameters": parameters})
    words = split(line)
    assert words[:3] == ["curl", "--header", "Authorization: Bearer $PASSERBY_TOKEN"]
    assert words[-1] == "http://localhost:8642/api/v1/x?camera=north&camera=a+b&line=Peter%27s+gate"


def test_a_change() -> None:
    operation = {
        "parameters": [
            {"name": "camera", "in": "path", "example": "square"},
            {"name": "If-Match", "in": "header", "required": True, "example": '"7"'},
        ],
        "requestBody": {"content": {"application/json": {"example": {"note": "it's"}}}},
    }
    words = split(curl_of("https://count.example.org", "put", "/api/v1/cameras/{camera}/x", operation))
    assert words[3:] == [
        "--request", "PUT", "--header", 'If-Match: "7"', "--json", '{"note": "it\'s"}',
        "https://count.example.org/api/v1/cameras/square/x",
    ]  # fmt: skip


def test_what_is_open_to_all_needs_no_token() -> None:
    assert curl_of("http://localhost:8642", "get", "/healthz", {"security": []}).startswith("curl \\\n")
    assert split(curl_of("http://x", "post", "/y", {"security": []})) == [
        "curl",
        "--request",
        "POST",
        "http://x/y",
    ]

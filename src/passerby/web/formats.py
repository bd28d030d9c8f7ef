"""Which format of the observations an Accept header asks for (RFC 9110)."""

from collections.abc import Sequence

JSON, CSV, PARQUET = "application/json", "text/csv", "application/vnd.apache.parquet"


def best_format(accept: str) -> str | None:
    """Returns the format that an Accept header prefers; None where it accepts none of them.

    >>> best_format("text/csv;q=0.5, application/json;q=0.9")
    'application/json'
    """
    ranges = [_range(part) for part in (accept or "*/*").split(",")]
    best = max((JSON, CSV, PARQUET), key=lambda kind: _weight(kind, ranges))
    return best if _weight(best, ranges) > 0 else None


def _range(part: str) -> tuple[str, float]:
    kind, *parameters = (each.strip().lower() for each in part.split(";"))
    weight = next((each[2:] for each in parameters if each.startswith("q=")), "1")
    try:
        return kind, min(1.0, max(0.0, float(weight)))
    except ValueError:
        return kind, 0.0


def _weight(kind: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Returns the weight of the most exact range that names the format."""
    for name in (kind, kind.partition("/")[0] + "/*", "*/*"):
        found = [weight for accepted, weight in ranges if accepted == name]
        if found:
            return max(found)
    return 0.0

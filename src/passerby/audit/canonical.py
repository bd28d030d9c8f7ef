"""JSON in the one form that two programs write alike: RFC 8785, the JSON Canonicalization Scheme."""

import math
from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring

MAX_WHOLE = 2**53 - 1
"""Numbers are doubles in RFC 8785: beyond this, neighbouring whole numbers would be written alike."""


def canonical_json(value: object) -> bytes:
    """Returns the canonical JSON of texts, numbers, booleans, None, sequences and mappings with texts for keys.

    Raises:
        ValueError: a number is not finite or too large to be exact, a text holds half a character, or a value has no
            form in JSON.

    >>> canonical_json({"b": 1.0, "a": ["é", None]}).decode()
    '{"a":["é",null],"b":1}'
    """
    try:
        return _written(value).encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("a text holds half a character, which JSON cannot hold") from None


def _written(value: object) -> str:
    if isinstance(value, str):
        # Python escapes in a text what RFC 8785, 3.2.2.2 escapes, and in the same way.
        return encode_basestring(value)
    if value is None or isinstance(value, bool):
        return "null" if value is None else "true" if value else "false"
    if isinstance(value, int):
        if abs(value) > MAX_WHOLE:
            raise ValueError(f"{value}: whole numbers beyond 2^53 are not exact in JSON. Write it as a text")
        return str(int(value))
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        return "{" + ",".join([f"{encode_basestring(key)}:{_written(value[key])}" for key in _in_order(value)]) + "}"
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return "[" + ",".join([_written(each) for each in value]) + "]"
    raise ValueError(f"{type(value).__name__}: JSON has no form for it")


def _in_order(value: Mapping[object, object]) -> list[str]:
    """The keys in the order of their UTF-16 units (RFC 8785, 3.2.3), which is not that of code points."""
    keys = [key for key in value if isinstance(key, str)]
    if len(keys) < len(value):
        raise ValueError("a key of a JSON object must be a text")
    if all(map(str.isascii, keys)):  # the same order, and most keys are
        return sorted(keys)
    return sorted(keys, key=lambda key: key.encode("utf-16-be", "surrogatepass"))


def _number(value: float) -> str:
    """A double as ECMAScript writes it (RFC 8785, 3.2.2.3): the shortest digits that read back as the same number."""
    if not math.isfinite(value):
        raise ValueError(f"{value}: JSON has no such number")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, power = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    # The number is 0.digits times ten to the power of `point`.
    point = len(whole) + int(power or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{point - 1:+d}"

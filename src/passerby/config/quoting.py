"""A text as YAML writes it in double quotes."""

import json


def quoted(text: str) -> str:
    r"""The text in double quotes, with escapes for what YAML would read as something else, such as line separators.

    >>> quoted('a "b"'), quoted("ä"), quoted("\u2028")
    ('"a \\"b\\""', '"ä"', '"\\u2028"')
    """
    # JSON's double-quoted form is a part of YAML's, but for what lies beyond the letters that YAML prints.
    written = json.dumps(text, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in written)


def _escaped(letter: str) -> str:
    number = ord(letter)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"

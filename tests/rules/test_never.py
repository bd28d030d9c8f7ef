"""passerby measures the place, never the person: what would recognise somebody has no place in the source."""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator

import pytest

from testing.source_tree import PACKAGE, python_files

CAPABILITIES = re.compile(
    r"face[\s_-]?(recogni|match|identif|embed)|facenet|arcface|insightface|deepface|\bdlib\b"
    r"|plate[\s_-]?(read|recogni)|licen[cs]e[\s_-]?plate|number[\s_-]?plate|\balpr\b|\banpr\b|tesseract|\bocr\b"
    r"|\bre[\s_-]?id\b|re[\s_-]?identif|embedding|appearance[\s_-]?feature|biometr|\bgait\b|emotion|ethnic|\bgender\b",
    re.IGNORECASE,
)
"""Words of capabilities that passerby does not have."""

DENIAL = re.compile(r"\b(never|no|not|nor|none|nobody|without|cannot|refuse[sd]?|forbidden|gone)\b", re.IGNORECASE)
"""A sentence may use such a word to say that it is not done."""

LIBRARIES = {"PIL", "av", "cv2", "numpy", "onnxruntime", "passerby", "platformdirs", "pyarrow", "pydantic"} | {
    "aiohttp", "alembic", "asyncpg", "fastapi", "lxml", "onvif", "prometheus_client", "rich", "ruamel", "yaml", "scipy",
    "pydantic_core", "shapely", "sqlalchemy", "starlette", "structlog", "typer", "uvicorn", "zeep",
    "argon2", "authlib", "cryptography", "font_roboto", "httpx", "joserfc", "limits", "pyotp", "reportlab", "segno",
    "aiosmtplib", "opendp", "openpyxl", "paho", "ray", "webauthn", "zxcvbn",
}  # fmt: skip
"""All that the source may import besides Python's own library."""


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text, roughly."""
    yield from re.split(r"(?<=[.;:!?])\s+|\n\s*\n", text)


def faults(source: str) -> list[str]:
    """The names, and the sentences of comments and texts, that speak of such a capability as if it were there."""
    found = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME and CAPABILITIES.search(token.string):
            found.append(f"{token.start[0]}: {token.string}")
        elif token.type in (tokenize.STRING, tokenize.COMMENT):
            found += [
                f"{token.start[0]}: {sentence}"
                for sentence in sentences(token.string)
                if CAPABILITIES.search(sentence) and not DENIAL.search(sentence)
            ]
    return found


def test_source_recognises_nobody() -> None:
    found = {str(path.relative_to(PACKAGE)): faults(path.read_text(encoding="utf-8")) for path in python_files("src")}
    assert {path: faulty for path, faulty in found.items() if faulty} == {}


@pytest.mark.parametrize(
    "source",
    [
        "face_recogniser = 1",
        "def reid(): ...",
        '"""Reads the licence plate of a car."""',
        "# compares the embedding of two persons",
        "track_embedding = None",
        '"""Boxes only. Uses appearance features to link."""',
    ],
)
def test_the_rule_can_fail(source: str) -> None:
    assert len(faults(source + "\n")) == 1


@pytest.mark.parametrize("source", ['"""No face recognition, ever."""', "# boxes alone, without appearance features"])
def test_denying_is_allowed(source: str) -> None:
    assert faults(source + "\n") == []


def libraries(source: str) -> set[str]:
    """The top-level names that a source file imports."""
    nodes = list(ast.walk(ast.parse(source)))
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    return {name.partition(".")[0] for name in imported}


def test_only_known_libraries_are_imported() -> None:
    used = {name for path in python_files("src") for name in libraries(path.read_text(encoding="utf-8"))}
    assert used - LIBRARIES - sys.stdlib_module_names == set()


def test_opencv_is_used_for_no_recognition() -> None:
    """OpenCV carries a face recogniser, text readers and a person re-identification model; none may be called."""
    forbidden = re.compile(r"cv2\.(FaceRecognizer\w*|text\b|face\b|dnn_Text\w*|barcode|QRCode\w*)")
    users = [path.name for path in python_files("src") if forbidden.search(path.read_text(encoding="utf-8"))]
    assert users == []

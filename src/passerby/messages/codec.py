"""Encodes values of a few known types as plain JSON and raw arrays, and decodes them; refuses every other type."""

import math
import operator
import types
import typing
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Json = Any
"""What `json` reads and writes."""

Array = npt.NDArray[Any]


class CodecError(ValueError):
    """A value that may not be in a message, or bytes that are not the message that they should be."""


MAX_DIMENSIONS, MAX_SIDE = 4, 1 << 28
MAX_LETTERS = 1 << 16
MIN_INTEGER, MAX_INTEGER = -(2**63), 2**63 - 1

Check = Callable[[Any], None]
"""Raises ValueError where a decoded value holds what it may not."""


class Codec:
    """Encodes and decodes the values of a closed set of dataclasses, by the types of their fields."""

    def __init__(self, *known: type, checks: Mapping[type, Check] | None = None, grown: Collection[type] = ()) -> None:
        """Takes the types.

        Args:
            known: the only dataclasses that it encodes and decodes.
            checks: what the values of each have to hold, checked when they are decoded.
            grown: those of them whose last fields, with defaults, earlier releases do not write.
        """
        self._known, self._checks, self._grown = frozenset(known), dict(checks or {}), frozenset(grown)

    def encode(self, value: object, hint: Any, arrays: list[Array]) -> Json:
        """Returns the value as JSON; adds its arrays to `arrays` and puts their shapes into the JSON.

        Raises:
            CodecError: the value is not what the hint says, or the hint is not known.
        """
        inner = optional(hint)
        if inner is not None:
            return None if value is None else self.encode(value, inner, arrays)
        origin, parts = typing.get_origin(hint), typing.get_args(hint)
        if origin is np.ndarray:
            return _encode_array(value, _dtype(parts), arrays)
        if origin is tuple and isinstance(value, tuple):
            return [self.encode(each, one, arrays) for each, one in zip(value, _each(parts, len(value)), strict=True)]
        if origin is frozenset and isinstance(value, frozenset):
            return sorted(self.encode(each, parts[0], arrays) for each in value)
        if origin in (Mapping, dict) and isinstance(value, Mapping):
            return [[self.encode(key, parts[0], arrays), self.encode(value[key], parts[1], arrays)] for key in value]
        if isinstance(hint, type) and is_dataclass(hint):
            self._check_known(hint)
            if type(value) is hint:
                return {name: self.encode(getattr(value, name), one, arrays) for name, one in _fields(hint).items()}
        elif isinstance(hint, type):
            return _encode_plain(value, hint)
        raise CodecError(f"{_named(hint)} is needed, got {type(value).__name__}")

    def decode(self, plain: Json, hint: Any, take: Callable[[int], memoryview]) -> Any:
        """Returns the value that the JSON was encoded from.

        Args:
            plain: what `encode` returned.
            hint: its type.
            take: returns the next so many bytes of the arrays.

        Raises:
            CodecError: the JSON is not of that type.
        """
        inner = optional(hint)
        if inner is not None:
            return None if plain is None else self.decode(plain, inner, take)
        origin, parts = typing.get_origin(hint), typing.get_args(hint)
        if origin is np.ndarray:
            return _decode_array(plain, _dtype(parts), take)
        if isinstance(plain, list) and origin is tuple:
            hints = _each(parts, len(plain))
            return tuple(self.decode(each, one, take) for each, one in zip(plain, hints, strict=True))
        if isinstance(plain, list) and origin is frozenset:
            return frozenset(self.decode(each, parts[0], take) for each in plain)
        if isinstance(plain, list) and origin in (Mapping, dict):
            if not all(isinstance(pair, list) and len(pair) == 2 for pair in plain):
                raise CodecError("a mapping is written as pairs")
            pairs = {self.decode(key, parts[0], take): self.decode(each, parts[1], take) for key, each in plain}
            if len(pairs) != len(plain):
                raise CodecError("a mapping has each key once")
            return pairs
        if isinstance(hint, type) and is_dataclass(hint):
            return self._decode_fields(plain, hint, take)
        if isinstance(hint, type):
            return _decode_plain(plain, hint)
        raise CodecError(f"{_named(hint)} is needed, got {type(plain).__name__}")

    def _decode_fields(self, plain: Json, hint: type, take: Callable[[int], memoryview]) -> Any:
        self._check_known(hint)
        wanted = _fields(hint)
        needed = _without_default(hint) if hint in self._grown else len(wanted)
        if not isinstance(plain, dict) or len(plain) < needed or list(plain) != list(wanted)[: len(plain)]:
            raise CodecError(f"{hint.__name__} has the fields {', '.join(wanted)}")
        values = {name: self.decode(each, wanted[name], take) for name, each in plain.items()}
        try:
            value = hint(**values)
            if hint in self._checks:
                self._checks[hint](value)
        except (TypeError, ValueError, ArithmeticError, IndexError) as fault:
            raise CodecError(f"{hint.__name__}: {fault}") from None
        return value

    def _check_known(self, hint: type) -> None:
        if hint not in self._known:
            raise CodecError(f"{hint.__name__} is not one of the known types")


def optional(hint: Any) -> Any:
    """Returns X of `X | None`; None where the hint is of another kind."""
    if not isinstance(hint, types.UnionType):
        return None
    inner = [part for part in typing.get_args(hint) if part is not types.NoneType]
    if len(inner) != 1:
        raise CodecError(f"{hint} is more than one type")
    return inner[0]


@cache
def _fields(hint: type) -> dict[str, Any]:
    """Returns names and types of a dataclass's fields, in order."""
    hints = typing.get_type_hints(hint)
    return {field.name: hints[field.name] for field in fields(hint)}


@cache
def _without_default(hint: type) -> int:
    """Returns how many of a dataclass's fields have no default; in each of them, these are the first ones."""
    return sum(field.default is MISSING and field.default_factory is MISSING for field in fields(hint))


def _each(parts: tuple[Any, ...], count: int) -> tuple[Any, ...]:
    """Returns the types of a tuple's elements."""
    hints = (parts[0],) * count if len(parts) == 2 and parts[1] is ... else parts
    if len(hints) != count:
        raise CodecError(f"{len(hints)} elements are needed, got {count}")
    return hints


def _dtype(parts: tuple[Any, ...]) -> np.dtype[Any]:
    dtype: np.dtype[Any] = np.dtype(typing.get_args(parts[1])[0])
    return dtype


def _named(hint: Any) -> str:
    return getattr(hint, "__name__", str(hint))


def _encode_array(value: object, dtype: np.dtype[Any], arrays: list[Array]) -> list[int]:
    if type(value) is not np.ndarray or value.dtype != dtype:
        got = value.dtype if isinstance(value, np.ndarray) else type(value).__name__
        raise CodecError(f"an array of {dtype} is needed, got {got}")
    arrays.append(np.ascontiguousarray(value))
    return list(value.shape)


def _decode_array(plain: Json, dtype: np.dtype[Any], take: Callable[[int], memoryview]) -> Array:
    if not isinstance(plain, list) or len(plain) > MAX_DIMENSIONS:
        raise CodecError(f"an array's shape of at most {MAX_DIMENSIONS} dimensions is needed")
    if not all(type(side) is int and 0 <= side <= MAX_SIDE for side in plain):
        raise CodecError(f"an array's sides are 0 to {MAX_SIDE} long")
    content = take(math.prod(plain) * dtype.itemsize)
    if dtype == np.bool_ and np.frombuffer(content, np.uint8).max(initial=0) > 1:
        raise CodecError("an array of bool holds 0 and 1 alone")
    array = np.frombuffer(content, dtype).reshape(plain)
    if dtype.kind == "f" and not np.isfinite(array).all():
        raise CodecError("an array's numbers must be finite")
    return array


def _encode_plain(value: object, hint: type) -> Json:
    if issubclass(hint, Enum) and isinstance(value, hint):
        return value.value
    if hint is bool and isinstance(value, bool | np.bool_):
        return bool(value)
    if hint is int and isinstance(value, int | np.integer) and not isinstance(value, bool):
        return operator.index(value)
    if hint is float and isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool):
        return float(value)
    if hint is str and isinstance(value, str):
        return str(value)
    if hint is Path and isinstance(value, Path):
        return str(value)
    raise CodecError(f"{hint.__name__} is needed, got {type(value).__name__}")


def _decode_plain(plain: Json, hint: type) -> Any:
    if issubclass(hint, Enum) and type(plain) in (int, str):
        try:
            return hint(plain)
        except ValueError:
            raise CodecError(f"there is no such {hint.__name__}") from None
    if type(plain) is int and not MIN_INTEGER <= plain <= MAX_INTEGER:
        raise CodecError("a number of 64 bits is needed")
    if isinstance(plain, str) and len(plain) > MAX_LETTERS:
        raise CodecError(f"a text has at most {MAX_LETTERS} letters, got {len(plain)}")
    if hint is float and type(plain) in (int, float):
        return float(plain)
    if hint is Path and isinstance(plain, str):
        return Path(plain)
    if hint in (bool, int, str) and type(plain) is hint:
        return plain
    raise CodecError(f"{hint.__name__} is needed, got {type(plain).__name__}")

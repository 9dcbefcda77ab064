"""Whether the values of a table fit the fields of a dataclass, and what is wrong where they do not."""

from __future__ import annotations

import dataclasses
import math
import reprlib
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints


class MisfitError(ValueError):
    """A setting that does not fit, and the keys that lead to it."""

    def __init__(self, message: str, keys: tuple[str, ...]):
        super().__init__(message)
        self.keys = keys


def require(condition: bool, key: str, rule: str) -> None:  # noqa: FBT001
    """Raise a MisfitError where a key breaks its rule."""
    if not condition:
        raise MisfitError(f"'{key}' {rule}", (key,))


def require_variances(values: tuple[float, ...], key: str) -> None:
    """Raise a MisfitError where a list holds what is no variance, or nothing, or one twice."""
    fit = len(set(values)) == len(values) > 0 and all(0 <= value < math.inf for value in values)
    require(fit, key, "needs at least one value of 0 or more, each finite and once")


def build(kind: type[Any], table: dict[str, Any], keys: tuple[str, ...]) -> Any:
    """Build a dataclass of settings from a table, each value held against its field's type.

    Raises
    ------
    MisfitError
        When a key is unknown or a value does not fit.
    """
    types = get_type_hints(kind)
    values = {}
    for key, value in table.items():
        if key not in types:
            known = ", ".join(sorted(set(types) - {"path"}))
            raise MisfitError(f"unknown key {key!r}; known here: {known}", (*keys, key))
        values[key] = _fit(types[key], value, (*keys, key))
    try:
        return kind(**values)
    except MisfitError as misfit:
        raise MisfitError(str(misfit), (*keys, *misfit.keys)) from None


def _fit(kind: Any, value: Any, keys: tuple[str, ...]) -> Any:  # noqa: C901
    """Check a TOML value against a field's type and convert it: lists to tuples, whole numbers to floats."""
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        if not isinstance(value, dict):
            raise MisfitError(f"'{keys[-1]}' must be a table: [{keys[-1]}]", keys)
        return build(kind, value, keys)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        # TOML has no None; the table that a model keeps has.
        return None if value is None else _fit(next(a for a in arguments if a is not type(None)), value, keys)
    if origin is Literal:
        if value not in arguments or isinstance(value, bool):
            raise MisfitError(
                f"'{keys[-1]}' must be one of {', '.join(map(repr, arguments))}, not {_shown(value)}", keys
            )
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise MisfitError(f"'{keys[-1]}' must be a list, not {_shown(value)}", keys)
        if arguments[-1] is not Ellipsis and len(value) != len(arguments):
            raise MisfitError(f"'{keys[-1]}' must have {len(arguments)} values, not {len(value)}", keys)
        return tuple(_fit(arguments[0], item, keys) for item in value)
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return _finite(value, keys)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        words = {str: "text in quotes", int: "a whole number", float: "a number", bool: "true or false"}
        raise MisfitError(f"'{keys[-1]}' must be {words[kind]}, not {_shown(value)}", keys)
    return value


def _finite(value: float, keys: tuple[str, ...]) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise MisfitError(f"'{keys[-1]}' must be a finite number, not {_shown(value)}", keys)
    return number


def _shown(value: Any) -> str:
    """Write a value on one short line, however long or deep it is."""
    try:
        return reprlib.repr(value)
    except ValueError:
        # Python refuses to write whole numbers of thousands of digits.
        return "a number of too many digits"

"""``coders.toml``: who the coders of a labels folder are, persons or programs.

A figure of agreement means one thing between persons and another between programs, and the codings do not tell which
of the two they are from.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from framing.errors import LabelError
from framing.files import read_toml, toml_line

CODERS = "coders.toml"

CoderKind = Literal["person", "program"]


@dataclass(frozen=True)
class Coder:
    """What is told of a coder.

    Attributes
    ----------
    line : int or None
        Where the coder's table stands in the file, counted from 1.
    """

    name: str
    kind: CoderKind
    description: str = ""
    line: int | None = None


def read_coders(folder: Path) -> dict[str, Coder]:
    """Read ``coders.toml``: a table for each coder, with the kind and, if one likes, a description.

    Returns
    -------
    dict of str to Coder
        In the file's order; empty where there is no such file.

    Raises
    ------
    LabelError
        When the file is no TOML, a coder is no table, a key or kind is unknown, or the kind is missing; names the line.
    """
    path = folder / CODERS
    if not path.exists():
        return {}
    table, source = read_toml(path, error=LabelError, what="file")
    coders = {}
    for name, entry in table.items():
        line = toml_line(source, [name])
        if problem := _fault(name, entry):
            key, message = problem
            raise LabelError(message, path=path, line=toml_line(source, [name, key]) or line)
        coders[name] = Coder(name, entry["kind"], entry.get("description", ""), line)
    return coders


def _fault(name: str, entry: Any) -> tuple[str, str] | None:
    """Return the key at fault and what is wrong with it."""
    kinds = get_args(CoderKind)
    either = " or ".join(f'"{kind}"' for kind in kinds)
    if not isinstance(entry, dict):
        return "", f"'{name}' must be the table of a coder: a header [\"{name}\"] and under it kind = {either}"
    for key, value in entry.items():
        if isinstance(value, dict):
            return key, f'a name with a dot needs quotes: write the header ["{name}.{key}"]'
        if key not in ("kind", "description"):
            return key, f"unknown key '{key}' of the coder '{name}'; known here: description, kind"
    if entry.get("kind") not in kinds:
        return "kind", f"the coder '{name}' needs kind = {either}"
    if not isinstance(entry.get("description", ""), str):
        return "description", f"the description of the coder '{name}' must be text in quotes"
    return None

"""Which region a conflict belongs to, and which labels name one conflict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framing.errors import LabelError
from framing.files import read_toml, toml_line

CONFLICTS = "conflicts.toml"


@dataclass(frozen=True)
class Conflicts:
    """What ``conflicts.toml`` tells; empty where there is no such file.

    Attributes
    ----------
    regions : mapping of str to str
        The region of each conflict.
    names : mapping of str to str
        Of labels that name one conflict with others, the name that it goes by.
    """

    regions: Mapping[str, str]
    names: Mapping[str, str]


def read_conflicts(folder: Path) -> Conflicts:
    """Read ``conflicts.toml``: a table for each region, listing its ``conflicts`` and those that are the ``same``.

    Raises
    ------
    LabelError
        When the file is no TOML, a region is no table with a list ``conflicts``, a conflict has two regions, or a list
        of the same is none, names a conflict of another region or one twice; names the line.
    """
    path = folder / CONFLICTS
    if not path.exists():
        return Conflicts({}, {})
    table, source = read_toml(path, error=LabelError, what="file")
    regions: dict[str, str] = {}
    names: dict[str, str] = {}
    for region, entry in table.items():
        key = "conflicts"
        try:
            _add_region(regions, region, entry)
            key = "same"
            _add_names(names, regions, region, entry)
        except LabelError as error:
            raise LabelError(error.message, path=path, line=toml_line(source, [region, key])) from None
    return Conflicts(regions, names)


def _add_region(regions: dict[str, str], region: str, entry: Any) -> None:
    conflicts = entry.get("conflicts") if isinstance(entry, dict) else None
    if conflicts is None or not _texts(conflicts):
        raise LabelError(f'the region {region!r} needs conflicts = ["..."] under its header')
    for conflict in conflicts:
        if regions.setdefault(conflict, region) != region:
            raise LabelError(f"{conflict!r} stands under {regions[conflict]!r} and {region!r}; keep one")


def _add_names(names: dict[str, str], regions: Mapping[str, str], region: str, entry: dict[str, Any]) -> None:
    same = entry.get("same", [])
    if not isinstance(same, list) or not all(_texts(alike) and alike for alike in same):
        raise LabelError(f'same of the region {region!r} must be lists of conflicts: [["a", "b"]]')
    for alike in same:
        for conflict in alike:
            if regions.get(conflict) != region:
                raise LabelError(f"{conflict!r} is none of the conflicts of {region!r}")
            if conflict in names:
                raise LabelError(f"{conflict!r} stands in two lists of the same; make them one")
            names[conflict] = alike[0]


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)

"""``run.json``, read: what training took, as the machine told that ran it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from framing.errors import ArtifactError

LARGEST_RUN = 2**20
MOST_STAGES = 1_000
NUMBERS_OF_RUN = (
    "seconds", "peak_memory_bytes", "peak_memory_of_a_helper_bytes", "processes", "cores", "load_seconds",
    "paragraphs_per_second",
)  # fmt: skip
TEXTS_OF_RUN = ("machine", "system")


def read_run(path: Path) -> dict[str, Any]:
    """Read what training took, empty where it was not kept; nothing in the file is believed before it is checked."""
    if not path.exists():
        return {}
    try:
        if not path.is_file():
            raise ArtifactError("is no file; delete it, and the report does without", path=path)
        with path.open("rb") as file:
            content = file.read(LARGEST_RUN + 1)
    except OSError as error:
        raise ArtifactError(f"cannot be read: {error.strerror}", path=path) from None
    if len(content) > LARGEST_RUN:
        raise ArtifactError("is larger than 1 MiB; delete it, and the report does without", path=path)
    try:
        run = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        run = None
    if not isinstance(run, dict) or not _is_run(run):
        raise ArtifactError("does not tell what training took; delete it, and the report does without", path=path)
    return run


def _is_run(run: dict[str, Any]) -> bool:
    stages = run.get("stages") or []
    return (
        all(run.get(key) is None or _is_amount(run[key]) for key in NUMBERS_OF_RUN)
        and all(run.get(key) is None or isinstance(run[key], str) for key in TEXTS_OF_RUN)
        and isinstance(stages, list)
        and len(stages) <= MOST_STAGES
        and all(
            isinstance(stage, dict) and isinstance(stage.get("name"), str) and _is_amount(stage.get("seconds"))
            for stage in stages
        )
    )


def _is_amount(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value <= 1e18 and math.isfinite(value)

"""The model that comes with the package."""

from __future__ import annotations

from pathlib import Path


def default_folder() -> Path:
    """Return where the default model lies: inside an installed package, or in ``artifacts/`` of a checkout."""
    package = Path(__file__).parents[1]
    checkout = package.parent / "artifacts" / "conflict-frames"
    return (
        checkout if (package.parent / "pyproject.toml").is_file() and checkout.is_dir() else package / "default_model"
    )

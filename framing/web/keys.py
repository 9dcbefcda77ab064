"""Which key gives which label."""

from __future__ import annotations

from typing import Any

from framing.codebook import Codebook
from framing.palette import looks

# After the nine digits come the letters that are no command of the page's.
_KEYS = "123456789adhilpqrtvwxy"
_RESIDUAL_KEY = "0"


def label_keys(codebook: Codebook) -> list[dict[str, Any]]:
    """Return each label in codebook order with its title, key and colours; the key is '' where there are no more."""
    keys = [*_KEYS, *[""] * len(codebook.frames)]
    return [
        {
            "id": label,
            "title": codebook.title(label),
            "key": _RESIDUAL_KEY if label == codebook.residual else keys[place],
            "mark": look.mark,
            "colour": look.colour,
            "text_on_light": look.text_on_light,
            "text_on_dark": look.text_on_dark,
            "tint_light": look.tint_light,
            "tint_dark": look.tint_dark,
        }
        for place, (label, look) in enumerate(looks(codebook).items())
    ]

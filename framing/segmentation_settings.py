"""How texts are cut into paragraphs: the one part of an experiment that a model needs when it is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from framing.setting_checks import require


@dataclass(frozen=True)
class SegmentationSettings:
    """How texts are cut into paragraphs; kept in the model, since a model holds for the paragraphs it was made for."""

    rules: Literal[1] = 1
    longest_paragraph: int = 10_000

    def __post_init__(self) -> None:
        require(self.longest_paragraph >= 200, "longest_paragraph", "must be at least 200 characters")

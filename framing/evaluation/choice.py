"""What inner folds choose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from framing.model.calibration import Calibration


class Chosen(Protocol):
    """What inner folds chose, whatever the recipe chooses between."""

    def as_table(self) -> dict[str, Any]:
        """Return plain values for JSON."""


@dataclass(frozen=True)
class Candidate:
    """One way to learn the weights.

    Attributes
    ----------
    C : float
        Inverse strength of the penalty.
    weighting : str
        Of the terms.
    smoothing : float
        s²: how much words share with their neighbours in meaning; 0 for not at all.
    pieces : bool
        Whether words outside of the table get the vectors of their pieces.
    article : float
        How much the weights of the article may vary, relative to those of the paragraph; 0 for no article block.
    """

    C: float
    weighting: str
    smoothing: float
    pieces: bool
    article: float

    def as_table(self) -> dict[str, Any]:
        return {
            "C": self.C,
            "weighting": self.weighting,
            "smoothing": self.smoothing,
            "pieces": self.pieces,
            "article": self.article,
        }


@dataclass(frozen=True)
class Choice:
    """What the inner folds chose, and all that they tried.

    Attributes
    ----------
    candidate : Candidate
    emission : float
        How much a paragraph's own probabilities count in decoding; 0 for no decoding.
    calibration : Calibration or None
    source_weight : float
        How much the kind of source counts, where it is known; 0 where nothing is learnt of it.
    source_calibration : Calibration or None
        Of texts whose source is known.
    tried : tuple of (Candidate, float)
        The figure of each candidate over the inner folds' paragraphs, larger being better; empty where there was
        nothing to choose.
    tried_emissions, tried_source_weights : tuple of (float, float)
    """

    candidate: Candidate
    emission: float = 0.0
    calibration: Calibration | None = None
    source_weight: float = 0.0
    source_calibration: Calibration | None = None
    tried: tuple[tuple[Candidate, float], ...] = ()
    tried_emissions: tuple[tuple[float, float], ...] = ()
    tried_source_weights: tuple[tuple[float, float], ...] = ()

    def as_table(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        calibration = self.calibration
        sourced = {
            "source_weight": self.source_weight,
            "tried_source_weights": [
                {"source_weight": weight, "figure": round(figure, 6)} for weight, figure in self.tried_source_weights
            ],
        }
        return {
            **self.candidate.as_table(),
            **(sourced if self.source_weight else {}),
            "emission": self.emission,
            "temperature": None if calibration is None else round(calibration.temperature, 6),
            "lone_temperature": None if calibration is None else round(calibration.lone_temperature, 6),
            "tried": [{**candidate.as_table(), "figure": round(figure, 6)} for candidate, figure in self.tried],
            "tried_emissions": [
                {"emission": emission, "figure": round(figure, 6)} for emission, figure in self.tried_emissions
            ],
        }

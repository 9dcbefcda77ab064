"""Golden predictions: what the model said when it was made, said again whenever it is loaded."""

from __future__ import annotations

from typing import Any

import numpy as np

from framing.codebook import Codebook
from framing.model import FrameModel

TOLERANCE = 1e-9
PROBES = 8
TERMS_A_PROBE = 24


def probe_texts(codebook: Codebook, model: FrameModel) -> list[str]:
    """Choose texts to replay: the codebook's examples, and terms from all over the vocabulary.

    No text of the training data is among them, since those may not be ours to pass on.
    """
    examples = [example for frame in codebook.frames for example in frame.examples]
    spread = np.linspace(0, len(model.terms) - 1, PROBES * TERMS_A_PROBE).astype(int)
    spread_terms = [model.terms[place] for place in spread]
    joined = [" ".join(spread_terms[start::PROBES]) for start in range(PROBES)]
    return [*examples, *joined, "", "İSTANBUL ΟΔΟΣ ﬁre ßtraße é"]


def golden_predictions(codebook: Codebook, model: FrameModel) -> dict[str, Any]:
    texts = probe_texts(codebook, model)
    return {"texts": texts, "scores": model.scores(texts).tolist()}


def replays(golden: Any, model: FrameModel) -> bool:
    """Tell whether a model still scores the golden texts as it did, to 1e-9."""
    try:
        texts, expected = golden["texts"], np.array(golden["scores"], dtype=np.float64)
        if not texts or not all(isinstance(text, str) for text in texts):
            return False
        scores = model.scores(texts)
    except (KeyError, TypeError, ValueError):
        return False
    return scores.shape == expected.shape and bool(np.all(np.abs(scores - expected) <= TOLERANCE))

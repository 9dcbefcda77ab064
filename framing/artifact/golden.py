"""Golden predictions: what the model said when it was made, said again whenever it is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.codebook import Codebook
from framing.model import FrameModel

TOLERANCE = 1e-9
PROBES = 8
TERMS_A_PROBE = 12
# Every so many of a probe's terms stand in it twice.
REPEATED = 5
UNKNOWN_WORDS = 24


def probe_texts(codebook: Codebook, model: FrameModel) -> list[str]:
    """Choose texts to replay: the codebook's examples, and terms from all over the vocabulary.

    No text of the training data is among them, since those may not be ours to pass on.
    """
    examples = [example for frame in codebook.frames for example in frame.examples]
    blocks = [block.terms for block in (model.terms, model.words) if block is not None]
    spread = [_spread(terms, PROBES * TERMS_A_PROBE) for terms in blocks]
    joined = []
    for start in range(PROBES):
        chosen = [term for terms in spread for term in terms[start::PROBES]]
        joined.append(" ".join([*chosen, *chosen[::REPEATED]]))
    # Beside known words, since how much unknown ones count shows against these.
    outside = " ".join([*_unknown(model), *(terms[-1] for terms in spread)])
    return [*examples, *joined, outside, "", "İSTANBUL ΟΔΟΣ ﬁre ßtraße é"]


def golden_predictions(codebook: Codebook, model: FrameModel) -> dict[str, Any]:
    """Tell what a model says of its probe texts: each alone, all as one article, and by known sources."""
    texts = probe_texts(codebook, model)
    numbers, sets = _said(model, texts)
    return {"texts": texts, **{name: values.tolist() for name, values in numbers.items()}, **sets}


def replays(golden: Any, model: FrameModel) -> bool:
    """Tell whether a model still says of the golden texts what it did, in numbers to 1e-9."""
    try:
        texts = golden["texts"]
        if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
            return False
        numbers, sets = _said(model, texts)
        return (
            set(golden) == {"texts", *numbers, *sets}
            and all(_near(golden[name], values) for name, values in numbers.items())
            and all(golden[name] == values for name, values in sets.items())
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        return False


def _said(model: FrameModel, texts: list[str]) -> tuple[dict[str, NDArray[np.float64]], dict[str, list[Any] | None]]:
    """Return scores and log-probabilities, and which labels each text may have."""
    own, shared = model.sums(model.weigh(texts))
    each, together = np.arange(len(texts)), np.zeros(len(texts), dtype=np.int64)
    ways: dict[str, tuple[NDArray[np.int64], NDArray[np.int64] | None]] = {
        "lone": (each, None),
        "article": (together, None),
    }
    if model.reading.sources is not None:
        # Each kind of source in turn, and none.
        ways["sourced"] = together, each % (len(model.reading.sources.names) + 1) - 1
    numbers, sets = {"own": own, "shared": shared}, {}
    for name, (articles, sources) in ways.items():
        numbers[name] = model.reading.log_probabilities(own, shared, articles, sources)
        candidates = model.reading.candidates(np.exp(numbers[name]), articles, sources)
        sets[f"{name}_candidates"] = None if candidates is None else candidates.tolist()
    return numbers, sets


def _near(expected: Any, values: NDArray[np.float64]) -> bool:
    numbers = np.array(expected, dtype=np.float64)
    # Written so that what is no number is not near.
    return numbers.shape == values.shape and bool(np.all(np.abs(values - numbers) <= TOLERANCE))


def _spread(terms: Sequence[str], number: int) -> list[str]:
    return [terms[place] for place in np.linspace(0, len(terms) - 1, number).astype(int)] if terms else []


def _unknown(model: FrameModel) -> list[str]:
    """Make words that the model does not know, of pieces that it does, or where it has none of other words."""
    from framing.model.word_pieces import CONTINUATION

    words = (model.words or model.terms).terms
    if model.pieces is None:
        beginnings, endings = words, words[::-1]
    else:
        beginnings = tuple(piece for piece in model.pieces.pieces if not piece.startswith(CONTINUATION))
        endings = tuple(piece[len(CONTINUATION) :] for piece in model.pieces.pieces if piece.startswith(CONTINUATION))
    pairs = zip(_spread(beginnings, UNKNOWN_WORDS), _spread(endings, UNKNOWN_WORDS), strict=False)
    made = dict.fromkeys("".join(pair).replace(" ", "") for pair in pairs)
    return [word for word in made if word not in (model.words or model.terms).places]

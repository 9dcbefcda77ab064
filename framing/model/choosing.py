"""Which scorer looks through many texts."""

from __future__ import annotations

from framing.errors import MissingExtraError
from framing.model.familiarity import Familiarity
from framing.model.frame_model import FrameModel
from framing.model.kernel_scorer import KernelScorer
from framing.model.numpy_scorer import NumpyScorer
from framing.model.scorer import Scorer


def bulk_scorer(model: FrameModel, familiarity: Familiarity | None, *, threads: int = 1) -> Scorer:
    """Return the quickest scorer that there is: compiled where the extra `fast` is installed, else numpy's.

    Making the compiled one takes half a second or so: it is for thousands of texts.

    Parameters
    ----------
    model : FrameModel
    familiarity : Familiarity or None
        Where it is given, texts are looked through for what it judges them by, too.
    threads : int
        How many threads the compiled scorer may use; numpy's uses one.
    """
    try:
        return KernelScorer(model, familiarity, threads)
    except MissingExtraError:
        return NumpyScorer(model, familiarity)

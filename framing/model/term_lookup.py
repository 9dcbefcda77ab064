"""Which of a model's terms stand in the first texts that it is asked about, and in all that come after them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from framing.model.found_terms import FoundTerms, find_terms

if TYPE_CHECKING:
    from framing.model.frame_model import FrameModel

# Numbering all terms takes about as long as looking up those of so many paragraphs.
FIRST_TEXTS = 256


class TermLookup:
    """Finds a model's terms: in the first texts one after the other, and then by the model's finder.

    Both find the same in the same order. The finder is much quicker once all terms of the model are numbered, which
    takes longer than an article takes to be classified.

    Parameters
    ----------
    model : FrameModel
    """

    def __init__(self, model: FrameModel) -> None:
        self._model = model
        self._texts_left = FIRST_TEXTS

    def find(self, texts: Sequence[str]) -> FoundTerms:
        """Find the terms of texts that have a place, or that can be cut into pieces where there are pieces."""
        self._texts_left -= len(texts)
        model, words = self._model, self._model.words
        if self._texts_left < 0:
            from framing.model.scanning import Joined, encode

            return model.finder.found(Joined.of(encode(texts, 0, len(texts))))
        pieces = None if words is None or model.pieces is None else model.pieces.word_pieces
        places = model.terms.places, {} if words is None else words.places
        return find_terms(texts, *places, pieces, with_pairs=model.ngrams[1] == 2)

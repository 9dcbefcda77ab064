"""Many texts as one run of bytes: what is scanned at once, and how Arrow lays out a column of strings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Utf8Texts:
    """Texts in UTF-8, one after another without a sign between them.

    A lone surrogate, which no UTF-8 can hold, stands as the three bytes that its number would have.

    Attributes
    ----------
    data : ndarray of uint8, shape (n_bytes,)
    offsets : ndarray of int64, shape (n_texts + 1,)
        Where each text begins, and where the last ends; ``data`` may hold more before and after.
    """

    data: NDArray[np.uint8]
    offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @classmethod
    def of(cls, texts: Sequence[str]) -> Utf8Texts:
        try:
            encoded = list(map(str.encode, texts))
        except UnicodeEncodeError:
            encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
        offsets = np.fromiter(accumulate(map(len, encoded), initial=0), np.int64, len(encoded) + 1)
        return cls(np.frombuffer(b"".join(encoded), np.uint8), offsets)

    @classmethod
    def of_arrow(cls, column: Any) -> Utf8Texts:
        """Look at a `pyarrow.StringArray` or `LargeStringArray` without copying its texts.

        Raises
        ------
        ValueError
            When it has nulls: what a missing text is taken for is its owner's to say.
        """
        if column.null_count:
            raise ValueError("a column with nulls has no texts in their places")
        _, offsets, data = column.buffers()
        kind = np.dtype(np.int64 if str(column.type).startswith("large") else np.int32)
        places = np.frombuffer(offsets, kind, len(column) + 1, column.offset * kind.itemsize)
        return cls(np.frombuffer(data if data is not None else b"", np.uint8), places.astype(np.int64))

    def text(self, number: int) -> str:
        content = self.data[self.offsets[number] : self.offsets[number + 1]].tobytes()
        return content.decode("utf-8", "surrogatepass")

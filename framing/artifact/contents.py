"""The files of a model folder as values. Nothing in them is believed before it is checked."""

from __future__ import annotations

import io
import json
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.errors import ArtifactError

# Far beyond what training gives, and small enough that no sum or product of such numbers overflows.
LARGEST = 1e9
SMALLEST = 1 / LARGEST

NUMPY_1_0 = b"\x93NUMPY\x01\x00"
# After the two bytes that tell the header's length.
HEADER_START = 10


@dataclass(frozen=True)
class Contents:
    """Files of a model folder, as bytes that have the digests listed for them.

    Attributes
    ----------
    folder : Path
        Where they lie, for messages.
    files : dict of str to bytes
    """

    folder: Path
    files: dict[str, bytes]

    def __contains__(self, name: str) -> bool:
        return name in self.files

    def refusal(self, name: str, message: str) -> ArtifactError:
        """Return an error that names a file."""
        return ArtifactError(message, path=self.folder / name)

    def content(self, name: str) -> bytes:
        """Return a file as it is.

        Raises
        ------
        ArtifactError
            When it is not there.
        """
        if name not in self.files:
            raise self.refusal(name, "is not among the files of the model; take a fresh copy of it")
        return self.files[name]

    def json(self, name: str) -> Any:
        """Read a JSON file.

        Raises
        ------
        ArtifactError
            When it is none.
        """
        try:
            return json.loads(self.content(name).decode("utf-8"))
        except (ValueError, RecursionError):
            raise self.refusal(name, "is no valid JSON") from None

    def lines(self, name: str) -> tuple[str, ...]:
        """Read a list of terms, one a line.

        Raises
        ------
        ArtifactError
            When it is no UTF-8 text, or does not hold one term or more, each once, in their order.
        """
        try:
            lines = self.content(name).decode("utf-8").split("\n")
        except UnicodeDecodeError:
            raise self.refusal(name, "is not UTF-8 text") from None
        rest = lines.pop()
        if rest or not lines or not lines[0] or not all(map(operator.lt, lines, islice(lines, 1, None))):
            raise self.refusal(name, "does not hold each term once, in order, a line each")
        return tuple(lines)

    def array(
        self, name: str, kind: str, shape: tuple[int, ...], *, least: float = -LARGEST, most: float = LARGEST
    ) -> NDArray[Any]:
        """Read an array without copying it; it cannot be written to.

        Parameters
        ----------
        name : str
        kind : str
            Of its numbers, as numpy spells it.
        shape : tuple of int
        least, most : float
            Between which every number must lie.

        Raises
        ------
        ArtifactError
            When it is another array, or none.
        """
        data = self.content(name)
        start = HEADER_START + int.from_bytes(data[HEADER_START - 2 : HEADER_START], "little")
        # Compared with the header that numpy writes, and not parsed: nothing in it can promise more than there is.
        header = data[: HEADER_START - 2] + data[HEADER_START:start].rstrip()
        try:
            if header != NUMPY_1_0 + _header(kind, shape):
                raise ValueError("header")
            array: NDArray[Any] = np.frombuffer(data, kind, offset=start).reshape(shape)
        except ValueError:
            raise self.refusal(name, f"is not the array of {shape} numbers that the model needs") from None
        # Written so that what is no number does not pass.
        if array.size and not (array.min() >= least and array.max() <= most):
            raise self.refusal(name, "holds numbers that are not finite or out of range")
        return array


def array_bytes(array: NDArray[Any], kind: str) -> bytes:
    """Return what `Contents.array` reads."""
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(array, dtype=kind), allow_pickle=False)
    return buffer.getvalue()


def line_bytes(terms: Sequence[str]) -> bytes:
    """Return what `Contents.lines` reads."""
    return "".join(f"{term}\n" for term in terms).encode()


def numbers(value: Any, shape: tuple[int, ...], least: float, most: float) -> NDArray[np.float64]:
    """Take numbers out of JSON.

    Parameters
    ----------
    value : object
        What was found.
    shape : tuple of int
        Of the lists in lists it should be; empty for one number.
    least, most : float
        Between which every number must lie.

    Raises
    ------
    ValueError
        When it is anything else.
    """
    if not _are_numbers(value, shape, least, most):
        raise ValueError("not the numbers that were asked for")
    return np.array(value, dtype=np.float64).reshape(shape)


def number(value: Any, least: float, most: float) -> float:
    """Take one number out of JSON; see `numbers`."""
    return float(numbers(value, (), least, most))


def _header(kind: str, shape: tuple[int, ...]) -> bytes:
    return f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".encode()


def _are_numbers(value: Any, shape: tuple[int, ...], least: float, most: float) -> bool:
    if not shape:
        return type(value) in (int, float) and least <= value <= most
    return (
        isinstance(value, list)
        and len(value) == shape[0]
        and all(_are_numbers(item, shape[1:], least, most) for item in value)
    )

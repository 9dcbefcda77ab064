from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from framing.artifact.contents import Contents, array_bytes, line_bytes, number, numbers
from framing.errors import ArtifactError


def contents(data: bytes) -> Contents:
    return Contents(Path("model"), {"file": data})


@given(arrays.arrays(np.int32, st.tuples(st.integers(0, 5), st.integers(1, 3))))
def test_an_array_comes_back_as_it_was(array: np.ndarray) -> None:
    read = contents(array_bytes(array, "<i4")).array("file", "<i4", array.shape, least=-(2**31), most=2**31)
    assert read.dtype == array.dtype
    assert np.array_equal(read, array)


def test_numpy_reads_the_arrays_too(tmp_path: Path) -> None:
    path = tmp_path / "array.npy"
    path.write_bytes(array_bytes(np.array([[0.5, 1.5]]), "<f4"))
    assert np.load(path, allow_pickle=False).tolist() == [[0.5, 1.5]]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x93NUMPY\x01\x00",
        b"no array at all",
        array_bytes(np.zeros(3), "<f4"),
        array_bytes(np.zeros(4), "<f8"),
        array_bytes(np.zeros((3, 1)), "<f8"),
        array_bytes(np.zeros(3), "<f8")[:-1],
        array_bytes(np.zeros(3), "<f8") + b"\0" * 8,
        array_bytes(np.zeros(3), "<f8").replace(b"False", b"True "),
        array_bytes(np.zeros(3), "<f8").replace(b"'<f8'", b"'|O' "),
        array_bytes(np.zeros(3), "<f8").replace(b"NUMPY\x01", b"NUMPY\x02"),
        # What is promised is a million million numbers.
        array_bytes(np.zeros(3), "<f8").replace(b"(3,), }" + b" " * 12, b"(1000000000000,), }"),
        # Twenty thousand brackets for whoever parses headers.
        b"\x93NUMPY\x01\x00" + (20_000).to_bytes(2, "little") + b"(" * 20_000 + b"\n",
    ],
)
def test_another_array_is_refused_without_reading_it(data: bytes) -> None:
    with pytest.raises(ArtifactError, match=r"model.file: is not the array of \(3,\) numbers that the model needs"):
        contents(data).array("file", "<f8", (3,))


@given(st.binary(max_size=200))
def test_any_bytes_are_an_array_or_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(ArtifactError) as caught:
        contents(data).array("file", "<f8", (3,))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300, -1.5])
def test_numbers_out_of_range_are_refused(value: float) -> None:
    data = array_bytes(np.array([0.5, value, 0.25]), "<f8")
    with pytest.raises(ArtifactError, match="not finite or out of range"):
        contents(data).array("file", "<f8", (3,), least=-1.0)


@given(st.sets(st.text("abä# ", min_size=1), min_size=1))
def test_terms_come_back_in_their_order(terms: set[str]) -> None:
    assert contents(line_bytes(sorted(terms))).lines("file") == tuple(sorted(terms))


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"one", b"one\none\n", b"two\none\n", b"\none\n", b"one\n\ntwo\n", b"a\nb"]
)
def test_terms_out_of_order_or_standing_twice_are_refused(data: bytes) -> None:
    with pytest.raises(ArtifactError, match="does not hold each term once, in order"):
        contents(data).lines("file")


def test_terms_that_are_no_text_are_refused() -> None:
    with pytest.raises(ArtifactError, match="is not UTF-8 text"):
        contents(b"\xff\n").lines("file")


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(ArtifactError, match=r"model.file: is no valid JSON"):
        contents(data).json("file")


def test_an_absent_file_is_named() -> None:
    with pytest.raises(ArtifactError, match=r"model.other: is not among the files of the model"):
        contents(b"").json("other")


def test_numbers_are_taken_from_lists_in_lists() -> None:
    assert numbers([[0, 0.5], [1, 0.25]], (2, 2), 0.0, 1.0).tolist() == [[0.0, 0.5], [1.0, 0.25]]
    assert numbers([], (0,), 0.0, 1.0).shape == (0,)
    assert number(1, 0.0, 1.0) == 1.0


@pytest.mark.parametrize(
    "value",
    [None, 0.5, "ab", [0.5], [0.5, 1.5], [0.5, -0.5], [0.5, True], [0.5, "0.5"], [0.5, None], [[0.5], [0.5]],
     [0.5, float("nan")], [0.5, float("inf")], [0.5, 10**400], {0: 0.5, 1: 0.5}],
)  # fmt: skip
def test_anything_else_is_no_list_of_numbers(value: Any) -> None:
    with pytest.raises(ValueError, match="not the numbers"):
        numbers(value, (2,), 0.0, 1.0)

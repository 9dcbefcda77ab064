import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from framing.corpus.decimals import decimals


def written(values: list[float]) -> list[str]:
    return [text.decode() for text in decimals(np.array(values)).tolist()]


def test_each_number_of_six_decimals_is_written_as_python_writes_it():
    # All below a thousandth, where Python goes over to exponents, and a sample of the rest.
    numbers = [*range(1_001), *range(1_001, 1_000_000, 997), 999_999, 1_000_000]
    values = [number / 1e6 for number in numbers]
    assert written(values) == [repr(value) for value in values]


@given(st.lists(st.floats(0, 1), min_size=1))
@example([1e-7, 5e-324, 1 - 1e-9, 0.1 + 0.2])
def test_any_probability_is_written_as_python_rounds_it(values):
    for text, value in zip(written(values), values, strict=True):
        # At a tie of the seventh digit the two may differ in the last.
        assert abs(float(text) - value) <= 0.5e-6 + 1e-12
        assert text == repr(round(float(text), 6))


def test_the_shape_stays():
    assert decimals(np.zeros((3, 4))).shape == (3, 4)
    assert decimals(np.zeros((0, 4))).shape == (0, 4)

from __future__ import annotations

import itertools

from framing.evaluation.seeds import Purpose, stream


def test_no_two_purposes_repeats_folds_or_attempts_share_a_stream() -> None:
    first = {
        tuple(stream(7, purpose, repeat=repeat, fold=fold, attempt=attempt).integers(0, 2**32, 4))
        for purpose, repeat, fold, attempt in itertools.product(Purpose, range(3), range(3), range(3))
    }
    assert len(first) == len(Purpose) * 27

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from framing.model import FrameModel
from framing.model.choosing import bulk_scorer
from framing.model.frame_model import TermWeights
from framing.model.kernel_scorer import KernelScorer

MODEL = """
import sys
import numpy as np
from framing.model import FrameModel
from framing.model.frame_model import TermWeights

terms = TermWeights(("army", "army raid"), np.ones(2), np.ones((2, 4), np.float32))
model = FrameModel(terms, None, None, np.zeros(2), (1, 2), sublinear_tf=True)
"""
WITHOUT = """
from framing.errors import MissingExtraError
from framing.model.choosing import bulk_scorer
from framing.model.kernel_scorer import KernelScorer

scorer = bulk_scorer(model, None, threads=2)
print(type(scorer).__name__, scorer.scan(["army raid"]).terms.squares.tolist())
try:
    KernelScorer(model)
except MissingExtraError as error:
    print(error.extra)
"""


def test_the_compiled_scorer_is_chosen_where_numba_is() -> None:
    pytest.importorskip("numba")
    terms = TermWeights(("army", "army raid"), np.ones(2), np.ones((2, 4), np.float32))
    scorer = bulk_scorer(FrameModel(terms, None, None, np.zeros(2), (1, 2), sublinear_tf=True), None, threads=2)
    assert isinstance(scorer, KernelScorer)
    assert scorer.scan(["army raid"]).terms.squares.tolist() == [[2, 0]]


@pytest.mark.parametrize(
    ("before", "variables"), [("sys.modules['numba'] = None", {}), ("", {"NUMBA_DISABLE_JIT": "1"})]
)
def test_numpys_is_chosen_elsewhere(before: str, variables: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MODEL + before + WITHOUT],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **variables},
    )
    assert done.stdout.splitlines() == ["NumpyScorer [[2.0, 0.0]]", "fast"], done.stderr

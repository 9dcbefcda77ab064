from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from framing.errors import EvaluationError, MissingExtraError
from framing.model.sentence_encoder import LONGEST, PACKAGE, SentenceEncoder

TEXTS = ["The troops searched the village.", "Soldiers went through the hamlet.", "Copper prices fell again."]


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    pytest.importorskip(PACKAGE)
    pytest.importorskip("tokenizers")
    return SentenceEncoder.installed()


def test_vectors_of_length_one_nearer_for_nearer_meaning(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (3, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    likeness = vectors @ vectors.T
    assert likeness[0, 1] > likeness[0, 2] + 0.2


def test_a_vector_as_the_published_library_gives_it(encoder: SentenceEncoder) -> None:
    """The first numbers that sentence-transformers 6.2.0 with PyTorch 2.15.0 gives for the same weights."""
    vector = encoder.encode(TEXTS)[0]
    expected = [0.0107879, 0.0419281, -0.1086541, -0.0112076, 0.0588209, -0.021252]
    assert vector[:6] == pytest.approx(expected, abs=1e-6)


def test_neighbours_change_nothing(encoder: SentenceEncoder) -> None:
    texts = [*TEXTS, "", "Ünïcödé—中文 text", "\ud800 alone"] * 7
    together = encoder.encode(texts)
    assert np.abs(together[:6] - encoder.encode(texts[:6])).max() < 1e-6
    assert np.isfinite(together).all()


def test_what_stands_behind_the_last_piece_is_not_read(encoder: SentenceEncoder) -> None:
    long = "raid " * (LONGEST - 2)
    cut, whole, shorter = encoder.encode([long + "copper prices", long, long[: -5 * 100]])
    assert np.abs(cut - whole).max() < 1e-6
    assert np.abs(shorter - whole).max() > 1e-3


@pytest.fixture
def shadowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of the same name that comes first on the path."""
    folder = tmp_path / PACKAGE
    (folder / "model").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise SystemExit('ran')\n")
    monkeypatch.delitem(sys.modules, PACKAGE, raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder / "model"


def test_other_weights_are_refused_and_no_code_of_the_package_is_run(shadowed: Path) -> None:
    (shadowed / "model.safetensors").write_bytes(b"other")
    with pytest.raises(EvaluationError, match=r"model\.safetensors: is not the published all-MiniLM-L6-v2"):
        SentenceEncoder.installed()


def test_missing_weights_are_told(shadowed: Path) -> None:
    with pytest.raises(EvaluationError, match="cannot be read"):
        SentenceEncoder.installed()


def test_nothing_installed_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, PACKAGE, None)
    with pytest.raises(MissingExtraError, match=r"framing\[encoder\]"):
        SentenceEncoder.installed()


def test_weights_without_the_tokeniser_name_the_extra_too(
    encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(MissingExtraError, match=r"framing\[encoder\]"):
        SentenceEncoder.installed()

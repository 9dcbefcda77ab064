"""The default model on texts that are unlike those it learnt from: warned of, and sure of no frame."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from framing.artifact import Artifact, default_folder, load
from framing.text import read_articles


@pytest.fixture(scope="module")
def model() -> Artifact:
    return load(default_folder())


def read(model: Artifact, path: Path):
    [article] = read_articles(str(path), kind="auto", stdin=None, on_error=pytest.fail, on_skip=pytest.fail)
    return [paragraph for paragraph in model.classify(article) if not paragraph["boilerplate"]]


@pytest.mark.parametrize(
    "name",
    [
        "recipe-lentil-soup", "recipe-plum-cake", "football-report", "spanish-conflict", "french-conflict",
        "ocr-wreck-capitals", "letter-wreck", "arabic-recipe", "product-review",
    ],
)  # fmt: skip
def test_another_subject_another_language_and_wrecks_are_warned_of(model: Artifact, root: Path, name: str) -> None:
    paragraphs = read(model, root / "experiments" / "out-of-domain" / f"{name}.txt")
    assert paragraphs
    for paragraph in paragraphs:
        assert paragraph["warnings"]
        assert paragraph["uncertain"]
        assert paragraph["candidates"] == list(model.codebook.labels)


def test_most_texts_that_should_be_warned_of_are(model: Artifact, root: Path) -> None:
    folder = root / "experiments" / "out-of-domain"
    expected = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))["text"]
    asked = [text["file"] for text in expected if text["expected"] == "warned"]
    warned = sum(bool(read(model, folder / name)[0]["warnings"]) for name in asked)
    assert warned >= 0.9 * len(asked)


def test_articles_of_the_kind_that_it_learnt_from_are_not(model: Artifact, root: Path) -> None:
    for path in sorted((root / "experiments" / "examples").glob("*.txt")):
        assert not any(paragraph["warnings"] for paragraph in read(model, path)), path.name

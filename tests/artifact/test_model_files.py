from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from framing.artifact import Artifact
from framing.artifact.contents import Contents, array_bytes
from framing.artifact.manifest import canonical
from framing.artifact.model_files import ModelParts, model_files, read_model
from framing.errors import ArtifactError
from framing.model import FrameModel
from framing.model.frame_model import TermWeights

MakeArtifact = Callable[..., Artifact]
Path_ = tuple[str | int, ...]

ALWAYS = {"terms.txt", "idf.npy", "weights.npy", "intercept.npy", "model.json"}
OF_PART = {
    "words": {"words.txt", "word-idf.npy", "word-weights.npy", "lenders.npy"},
    "pieces": {"pieces.txt", "piece-weights.npy"},
    "familiarity": {"subject-weights.npy"},
    "decoding": set(),
    "calibration": set(),
    "sources": set(),
}
TEXTS = ["Militia shells fell on the market.", "The grain shelled: markers, émigrés, mediators.", "", "xyz 00 zones"]


def files_of(artifact: Artifact) -> dict[str, bytes]:
    return model_files(ModelParts(artifact.model, artifact.segmentation, artifact.familiarity))


def read(files: dict[str, bytes], n_labels: int = 3) -> ModelParts:
    return read_model(Contents(Path("model"), files), n_labels)


def same_block(one: TermWeights | None, other: TermWeights | None) -> bool:
    if one is None or other is None:
        return one is other
    return (
        one.terms == other.terms
        and np.array_equal(one.idf, other.idf)
        and np.array_equal(one.weights, other.weights)
        and one.weights.dtype == other.weights.dtype == np.float32
    )


def says(model: FrameModel) -> list[Any]:
    own, shared = model.block_scores(TEXTS)
    together = np.zeros(len(TEXTS), dtype=np.int64)
    sources = None if model.reading.sources is None else np.array([0, -1, 1, 0])
    given = model.reading.log_probabilities(own, shared, together, sources)
    sets = model.reading.candidates(np.exp(given), together, sources)
    lenders = [model.lenders_of(word) for word in ("shells", "the", "artillery", "no")]
    return [own.tolist(), given.tolist(), None if sets is None else sets.tolist(), lenders]


@pytest.mark.parametrize("parts", list(itertools.product([True, False], repeat=6)))
def test_a_model_with_any_of_its_parts_comes_back_bit_for_bit(
    make_artifact: MakeArtifact, parts: tuple[bool, ...]
) -> None:
    chosen = dict(zip(OF_PART, parts, strict=True))
    artifact = make_artifact(**chosen)
    files = files_of(artifact)
    assert set(files) == ALWAYS.union(*(names for part, names in OF_PART.items() if chosen[part]))
    back = read(files)
    assert files == model_files(back)
    assert same_block(back.model.terms, artifact.model.terms)
    assert same_block(back.model.words, artifact.model.words)
    assert says(back.model) == says(artifact.model)
    assert back.segmentation == artifact.segmentation
    if artifact.familiarity is not None:
        blocks = artifact.model.words or artifact.model.terms
        for texts in (TEXTS, ["ZUM BEISPIEL EIN GANZ ANDERER TEXT UEBER GANZ ANDERES"]):
            said = artifact.familiarity.warnings(texts, blocks.places, blocks.idf)
            assert back.familiarity.warnings(texts, blocks.places, blocks.idf) == said


def test_a_model_of_two_labels_and_of_single_words_comes_back(make_artifact: MakeArtifact) -> None:
    artifact = make_artifact(labels=("war", "none"), ngrams=(1, 1), sublinear_tf=False, mask_names=True)
    back = read(files_of(artifact), 2)
    assert (back.model.ngrams, back.model.sublinear_tf, back.model.mask_names) == ((1, 1), False, True)
    assert says(back.model) == says(artifact.model)


def test_terms_are_no_wider_than_single_precision(make_artifact: MakeArtifact) -> None:
    files = files_of(make_artifact())
    n_words = files["words.txt"].count(b"\n")
    assert len(files["word-weights.npy"]) == 128 + n_words * 6 * 4
    assert len(files["lenders.npy"]) == 128 + n_words * 3 * 4


def with_setting(files: dict[str, bytes], keys: Path_, value: Any) -> dict[str, bytes]:
    """Change one value of ``model.json``; `...` takes it out."""
    settings = json.loads(files["model.json"])
    table = settings
    for key in keys[:-1]:
        table = table[key]
    if value is ...:
        del table[keys[-1]]
    else:
        table[keys[-1]] = value
    return {**files, "model.json": json.dumps(settings).encode()}


READING = "does not tell how scores become probabilities"
USUAL = "does not tell which texts are usual"
COUNTED = "does not tell how terms are counted"
CUT = "does not tell by which rules texts are cut"
PIECES = "does not tell how much words count that it does not know"
DECODING, CALIBRATION, SOURCES = (("reading", part) for part in ("decoding", "calibration", "sources"))
MADE_UP: list[tuple[Path_, Any, str]] = [
    (("ngrams",), [1, 3], COUNTED),
    (("sublinear_tf",), 1, COUNTED),
    (("mask_names",), ..., COUNTED),
    (("segmentation",), None, CUT),
    (("segmentation", "rules"), 2, CUT),
    (("segmentation", "longest_paragraph"), 3, CUT),
    (("segmentation", "longest_paragraph"), 1e4, CUT),
    (("segmentation", "more"), 1, CUT),
    (("reading",), ..., READING),
    (("reading",), [], READING),
    (DECODING, ..., READING),
    (DECODING, "on", READING),
    ((*DECODING, "emission"), 0, READING),
    ((*DECODING, "emission"), None, READING),
    ((*DECODING, "emission"), float("nan"), READING),
    ((*DECODING, "emission"), 10**400, READING),
    ((*DECODING, "emission"), 1e300, READING),
    ((*DECODING, "ratios"), [[0.5, 0.5]], READING),
    ((*DECODING, "ratios", 0), [0.5, 0.6, 0.1], READING),
    ((*DECODING, "ratios", 0), [0.0, 0.5, 0.5], READING),
    ((*DECODING, "ratios", 0), [1.5, -0.75, 0.25], READING),
    ((*DECODING, "ratios", 0), [0.5, 0.5, 1e-300], READING),
    ((*CALIBRATION, "temperature"), 0, READING),
    ((*CALIBRATION, "temperature"), -1, READING),
    ((*CALIBRATION, "temperature"), True, READING),
    ((*CALIBRATION, "temperature"), 1e-300, READING),
    ((*CALIBRATION, "lone_temperature"), float("inf"), READING),
    ((*CALIBRATION, "lone_temperature"), ..., READING),
    ((*CALIBRATION, "coverage"), 0, READING),
    ((*CALIBRATION, "coverage"), 1.5, READING),
    ((*CALIBRATION, "thresholds"), [0.5, 0.5], READING),
    ((*CALIBRATION, "thresholds", 1), 1.5, READING),
    ((*CALIBRATION, "lone_thresholds", 2), -0.5, READING),
    ((*CALIBRATION, "lone_thresholds"), None, READING),
    (("reading", "sources"), ..., READING),
    ((*SOURCES, "names"), ["state"], READING),
    ((*SOURCES, "names"), ["state", "state"], READING),
    ((*SOURCES, "names"), ["state", 3], READING),
    ((*SOURCES, "names"), [], READING),
    ((*SOURCES, "ratios", 0), [0.5, 0.5], READING),
    ((*SOURCES, "ratios", 0, 0), float("inf"), READING),
    ((*SOURCES, "calibration"), [], READING),
    ((*SOURCES, "calibration", "temperature"), 0, READING),
    (("pieces_idf",), None, PIECES),
    (("pieces_idf",), -1, PIECES),
    (("familiarity",), None, USUAL),
    (("familiarity",), 3, USUAL),
    (("familiarity", "lengths"), [5.0, 5.0, 6.0], USUAL),
    (("familiarity", "lengths", 0), 0, USUAL),
    (("familiarity", "lengths"), "abc", USUAL),
    (("familiarity", "least_known"), [0.5], USUAL),
    (("familiarity", "least_common", 0), -0.5, USUAL),
    (("familiarity", "least_subject", 0), float("nan"), USUAL),
    (("familiarity", "most_capitals"), 2, USUAL),
    (("familiarity", "common_words"), "the", USUAL),
    (("familiarity", "common_words"), ["the", 3], USUAL),
    (("familiarity", "common_words"), [["the"]], USUAL),
    (("familiarity", "most_capitals"), ..., USUAL),
]


@pytest.mark.parametrize(("keys", "value", "message"), MADE_UP)
def test_made_up_settings_are_refused_in_one_line(
    make_artifact: MakeArtifact, keys: Path_, value: Any, message: str
) -> None:
    with pytest.raises(ArtifactError) as caught:
        read(with_setting(files_of(make_artifact()), keys, value))
    assert str(caught.value) == f"{Path('model') / 'model.json'}: {message}"


@pytest.mark.parametrize("settings", [b"3", b"[]", b"null"])
def test_settings_that_are_no_table_are_refused(make_artifact: MakeArtifact, settings: bytes) -> None:
    with pytest.raises(ArtifactError, match=r"model.json: is no JSON object"):
        read({**files_of(make_artifact()), "model.json": settings})


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("idf.npy", np.array([1.0]), "is not the array of"),
        ("intercept.npy", np.full(3, np.nan), "not finite"),
        ("intercept.npy", np.zeros(4), "is not the array of"),
        ("weights.npy", np.zeros((2, 6)), "is not the array of"),
        ("word-idf.npy", None, "out of range"),
        ("lenders.npy", None, "out of range"),
        ("subject-weights.npy", np.zeros(2), "is not the array of"),
        ("piece-weights.npy", np.zeros((1, 6)), "is not the array of"),
    ],
)
def test_made_up_arrays_are_refused(
    make_artifact: MakeArtifact, name: str, array: np.ndarray | None, message: str
) -> None:
    files = files_of(make_artifact())
    n_words = files["words.txt"].count(b"\n")
    if name == "word-idf.npy":
        array = np.full(n_words, -1.0)
    if name == "lenders.npy":
        array = np.full((n_words, 3), n_words)
    kind = {"lenders.npy": "<i4", "weights.npy": "<f4", "piece-weights.npy": "<f4"}.get(name, "<f8")
    with pytest.raises(ArtifactError, match=message) as caught:
        read({**files, name: array_bytes(array, kind)})
    assert str(caught.value).startswith(str(Path("model") / name))


@pytest.mark.parametrize(
    "name",
    ["words.txt", "word-idf.npy", "word-weights.npy", "pieces.txt", "piece-weights.npy", "subject-weights.npy"],
)
def test_half_a_part_is_refused(make_artifact: MakeArtifact, name: str) -> None:
    files = files_of(make_artifact())
    del files[name]
    with pytest.raises(ArtifactError, match="is not among the files of the model") as caught:
        read(files)
    assert str(caught.value).startswith(str(Path("model") / name))


def test_a_codebook_of_other_size_does_not_fit(make_artifact: MakeArtifact) -> None:
    with pytest.raises(ArtifactError, match="is not the array of"):
        read(files_of(make_artifact()), 4)


def test_settings_do_not_depend_on_the_order_of_sets(make_artifact: MakeArtifact) -> None:
    artifact = make_artifact()
    turned = replace(artifact.familiarity, common_words=frozenset(["é", "of", "the"][::-1]))
    parts = ModelParts(artifact.model, artifact.segmentation, turned)
    assert model_files(parts)["model.json"] == files_of(artifact)["model.json"]
    assert canonical(json.loads(files_of(artifact)["model.json"])) == files_of(artifact)["model.json"]

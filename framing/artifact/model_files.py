"""A model as files and back: terms as lines, weights as arrays, the rest in ``model.json``.

A part that a model does not have has no file.
"""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from framing.artifact.contents import LARGEST, SMALLEST, Contents, array_bytes, line_bytes, number, numbers
from framing.artifact.manifest import canonical
from framing.model import FrameModel
from framing.model.calibration import Calibration
from framing.model.decoding import Decoding
from framing.model.familiarity import Familiarity
from framing.model.frame_model import PieceWeights, TermWeights
from framing.model.reading import Reading
from framing.model.sources import Sources
from framing.segmentation_settings import SegmentationSettings

MODEL = "model.json"
INTERCEPT = "intercept.npy"
OF_TERMS = ("terms.txt", "idf.npy", "weights.npy")
OF_WORDS = ("words.txt", "word-idf.npy", "word-weights.npy")
LENDERS = "lenders.npy"
PIECES, PIECE_WEIGHTS = "pieces.txt", "piece-weights.npy"
SUBJECT_WEIGHTS = "subject-weights.npy"

NEEDED = (MODEL, *OF_TERMS, INTERCEPT)
OPTIONAL = (*OF_WORDS, LENDERS, PIECES, PIECE_WEIGHTS, SUBJECT_WEIGHTS)

NEAREST = 3
SUM_TOLERANCE = 1e-6


class ModelParts(NamedTuple):
    """What `model_files` writes and `read_model` reads."""

    model: FrameModel
    segmentation: SegmentationSettings
    familiarity: Familiarity | None


def model_files(parts: ModelParts) -> dict[str, bytes]:
    """Write a model as files; what it reads back as is the same to the last digit."""
    model, familiarity = parts.model, parts.familiarity
    files = {**_block_files(model.terms, *OF_TERMS), INTERCEPT: array_bytes(model.intercept, "<f8")}
    if model.words is not None:
        files |= _block_files(model.words, *OF_WORDS)
    if model.lenders.size:
        files[LENDERS] = array_bytes(model.lenders, "<i4")
    if model.pieces is not None:
        files[PIECES] = line_bytes(model.pieces.pieces)
        files[PIECE_WEIGHTS] = array_bytes(model.pieces.weights, "<f4")
    if familiarity is not None:
        files[SUBJECT_WEIGHTS] = array_bytes(familiarity.subject_weights, "<f8")
    files[MODEL] = canonical(_settings(parts))
    return files


def read_model(contents: Contents, n_labels: int) -> ModelParts:
    """Read a model from its files.

    Parameters
    ----------
    contents : Contents
        With the files ``NEEDED`` and those of ``OPTIONAL`` that there are.
    n_labels : int
        Of its codebook.

    Raises
    ------
    ArtifactError
        When a file is missing or is not what a model can be made of; names it.
    """
    settings = contents.json(MODEL)
    if not isinstance(settings, dict):
        raise contents.refusal(MODEL, "is no JSON object")
    ngrams = settings.get("ngrams")
    counted = all(isinstance(settings.get(name), bool) for name in ("sublinear_tf", "mask_names"))
    if ngrams not in ([1, 1], [1, 2]) or not counted:
        raise contents.refusal(MODEL, "does not tell how terms are counted")
    terms = _block(contents, n_labels, *OF_TERMS)
    words = _block(contents, n_labels, *OF_WORDS) if any(name in contents for name in OF_WORDS) else None
    model = FrameModel(
        terms=terms,
        words=words,
        pieces=_pieces(contents, settings, n_labels),
        intercept=contents.array(INTERCEPT, "<f8", (n_labels,)),
        ngrams=(int(ngrams[0]), int(ngrams[1])),
        sublinear_tf=settings["sublinear_tf"],
        mask_names=settings["mask_names"],
        reading=_reading(contents, settings, n_labels),
        lenders=_lenders(contents, words),
    )
    familiarity = _familiarity(contents, settings, len((words or terms).terms))
    return ModelParts(model, _segmentation(contents, settings), familiarity)


def _block_files(block: TermWeights, terms: str, idf: str, weights: str) -> dict[str, bytes]:
    return {
        terms: line_bytes(block.terms),
        idf: array_bytes(block.idf, "<f8"),
        weights: array_bytes(block.weights, "<f4"),
    }


def _settings(parts: ModelParts) -> dict[str, Any]:
    model = parts.model
    return {
        "ngrams": list(model.ngrams),
        "sublinear_tf": model.sublinear_tf,
        "mask_names": model.mask_names,
        "segmentation": dataclasses.asdict(parts.segmentation),
        "reading": _plain(model.reading),
        "pieces_idf": None if model.pieces is None else model.pieces.idf,
        "familiarity": _plain(parts.familiarity, apart="subject_weights"),
    }


def _plain(value: Any, apart: str = "") -> Any:
    """Turn a part into plain values for JSON, without a field that has a file of its own."""
    if dataclasses.is_dataclass(value):
        fields = [field.name for field in dataclasses.fields(value) if field.name != apart]
        return {name: _plain(getattr(value, name)) for name in fields}
    if isinstance(value, frozenset):
        return sorted(value)
    return value.tolist() if isinstance(value, np.ndarray) else value


def _block(contents: Contents, n_labels: int, terms: str, idf: str, weights: str) -> TermWeights:
    found = contents.lines(terms)
    return TermWeights(
        found,
        contents.array(idf, "<f8", (len(found),), least=0.0),
        contents.array(weights, "<f4", (len(found), 2 * n_labels)),
    )


def _lenders(contents: Contents, words: TermWeights | None) -> NDArray[np.int32]:
    if LENDERS not in contents:
        return np.zeros((0, 0), np.int32)
    n_words = 0 if words is None else len(words.terms)
    return contents.array(LENDERS, "<i4", (n_words, NEAREST), least=-1, most=n_words - 1)


def _pieces(contents: Contents, settings: dict[str, Any], n_labels: int) -> PieceWeights | None:
    idf = settings.get("pieces_idf")
    if idf is None and PIECES not in contents and PIECE_WEIGHTS not in contents:
        return None
    pieces = contents.lines(PIECES)
    weights = contents.array(PIECE_WEIGHTS, "<f4", (len(pieces), 2 * n_labels))
    try:
        return PieceWeights(pieces, number(idf, 0.0, LARGEST), weights)
    except ValueError:
        raise contents.refusal(MODEL, "does not tell how much words count that it does not know") from None


def _reading(contents: Contents, settings: dict[str, Any], n_labels: int) -> Reading:
    try:
        reading = settings["reading"]
        return Reading(
            _decoding(reading["decoding"], n_labels),
            _calibration(reading["calibration"], n_labels),
            _sources(reading["sources"], n_labels),
        )
    except (LookupError, TypeError, ValueError):
        raise contents.refusal(MODEL, "does not tell how scores become probabilities") from None


def _decoding(table: Any, n_labels: int) -> Decoding | None:
    if table is None:
        return None
    ratios = numbers(table["ratios"], (n_labels, n_labels), SMALLEST, 1.0)
    if np.abs(ratios.sum(axis=1) - 1).max() > SUM_TOLERANCE:
        raise ValueError("ratios that do not sum to 1")
    return Decoding(ratios, number(table["emission"], SMALLEST, LARGEST))


def _calibration(table: Any, n_labels: int) -> Calibration | None:
    if table is None:
        return None
    return Calibration(
        temperature=number(table["temperature"], SMALLEST, LARGEST),
        lone_temperature=number(table["lone_temperature"], SMALLEST, LARGEST),
        coverage=number(table["coverage"], SMALLEST, 1.0),
        thresholds=numbers(table["thresholds"], (n_labels,), 0.0, 1.0),
        lone_thresholds=numbers(table["lone_thresholds"], (n_labels,), 0.0, 1.0),
    )


def _sources(table: Any, n_labels: int) -> Sources | None:
    if table is None:
        return None
    names = table["names"]
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise ValueError("names that are none")
    if len(set(names)) < len(names):
        raise ValueError("names that stand twice")
    ratios = numbers(table["ratios"], (len(names), n_labels), -LARGEST, LARGEST)
    return Sources(tuple(names), ratios, _calibration(table["calibration"], n_labels))


def _familiarity(contents: Contents, settings: dict[str, Any], n_words: int) -> Familiarity | None:
    table: Any = settings.get("familiarity")
    if table is None and SUBJECT_WEIGHTS not in contents:
        return None
    subject_weights = contents.array(SUBJECT_WEIGHTS, "<f8", (n_words,))
    try:
        n_lengths = (len(table["lengths"]),)
        lengths = numbers(table["lengths"], n_lengths, SMALLEST, LARGEST)
        common = table["common_words"]
        if not (np.diff(lengths) > 0).all() or not isinstance(common, list):
            raise ValueError("lengths that do not rise")
        if not all(isinstance(word, str) for word in common):
            raise ValueError("words that are none")
        return Familiarity(
            common_words=frozenset(common),
            subject_weights=subject_weights,
            lengths=lengths,
            least_known=numbers(table["least_known"], n_lengths, 0.0, 1.0),
            least_common=numbers(table["least_common"], n_lengths, 0.0, 1.0),
            least_subject=numbers(table["least_subject"], n_lengths, -LARGEST, LARGEST),
            most_capitals=number(table["most_capitals"], 0.0, 1.0),
        )
    except (LookupError, TypeError, ValueError):
        raise contents.refusal(MODEL, "does not tell which texts are usual") from None


def _segmentation(contents: Contents, settings: dict[str, Any]) -> SegmentationSettings:
    values = settings.get("segmentation")
    try:
        if not isinstance(values, dict) or values.get("rules") != 1 or type(values.get("longest_paragraph")) is not int:
            raise ValueError("not the settings of a segmentation")
        return SegmentationSettings(**values)
    except (TypeError, ValueError):
        raise contents.refusal(MODEL, "does not tell by which rules texts are cut") from None

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from framing.artifact import load
from framing.codebook import Codebook, Frame, of_labels
from framing.report.document import Figure, Heading, Passages, ReportSource, Section, Table, Text

ROOT = Path(__file__).parents[2]
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a & b < c",
    "\u202eright to left\u2066",
    "\x1b[31mred\x00\n\nlines",
    "",
    "long " * 80,
    "{curly} %s {{ braces }} {% raw %}",
    "javascript:alert(1)",
)


def _labelled_data(labels: tuple[str, ...]) -> dict[str, Any]:
    """What an evaluation tells of its data, made by hand."""
    counts = {label: 10 * (place + 1) for place, label in enumerate(labels)}
    total = sum(counts.values())
    group = {"articles": 9, "paragraphs": total, "labels": counts}
    return {
        "paragraphs": total + 2,
        "articles": 12,
        "with_gold": total,
        "boilerplate": 3,
        "ours": True,
        "words_per_paragraph": {"least": 1, "quartiles": [20, 32, 44], "most": 146},
        "paragraphs_per_article": {"least": 6, "quartiles": [8, 9, 10], "most": 13},
        "labels": {label: {"paragraphs": number, "articles": 4} for label, number in counts.items()},
        "strata": {
            "region": [group | {"name": "the south"}, group | {"name": "", "articles": 3, "paragraphs": 2}],
            "year": [group | {"name": str(1980 + place), "paragraphs": place} for place in range(30)],
        },
        "sources": [
            {"name": f"paper-{place}.example", "articles": 40 - place, "paragraphs": 80} for place in range(40)
        ],
        "coders": {
            "one": {"kind": "program", "description": "A program that read the codebook.", "paragraphs": total},
            "two": {"kind": "person", "description": None, "paragraphs": 7},
            "three": {"kind": None, "description": None, "paragraphs": 5},
        },
        "datasheet": {"datasheet.composition.synthetic": "The paragraphs retell reports in other words."},
    }


@pytest.fixture(scope="session")
def default_source() -> ReportSource:
    """The default model with its evaluation, and what is told of its data made by hand."""
    artifact = load(ROOT / "artifacts" / "conflict-frames")
    evaluation = deepcopy(artifact.evaluation or {})
    evaluation["data"] = _labelled_data(artifact.codebook.labels)
    return ReportSource(replace(artifact, evaluation=evaluation))


@pytest.fixture(scope="session")
def headlines_source(default_source: ReportSource) -> ReportSource:
    """An evaluation of texts that are not ours: nine frames, no residual, no coders, published folds, no strata."""
    found = json.loads((ROOT / "experiments" / "results" / "gvfc.json").read_text(encoding="utf-8"))
    codebook = of_labels("gvfc", found["protocol"]["frames"])
    return ReportSource(replace(default_source.artifact, evaluation=found, codebook=codebook))


@pytest.fixture
def changed(default_source: ReportSource) -> Callable[..., ReportSource]:
    """Give the default model with parts of its evaluation replaced, or, where None, taken out."""

    def change(source: ReportSource = default_source, **parts: Any) -> ReportSource:
        found = {**source.evaluation, **parts}
        kept = deepcopy({key: value for key, value in found.items() if value is not None})
        return replace(source, artifact=replace(source.artifact, evaluation=kept))

    return change


@pytest.fixture(scope="session")
def bare_source(default_source: ReportSource) -> ReportSource:
    """The default model with nothing measured beside the main figures."""
    main = ("metrics", "per_frame", "confusion", "folds", "protocol", "calibration", "with_probabilities")
    found = deepcopy({key: default_source.evaluation[key] for key in main})
    found["protocol"]["studies"] = []
    found["protocol"]["experiment"]["evaluation"]["behaviour"] = None
    return replace(default_source, artifact=replace(default_source.artifact, evaluation=found))


@pytest.fixture(scope="session")
def undefined_source(default_source: ReportSource) -> ReportSource:
    """The default model with every figure that has an interval undefined."""
    found = _without_figures(deepcopy(default_source.evaluation))
    return replace(default_source, artifact=replace(default_source.artifact, evaluation=found))


def _without_figures(value: Any) -> Any:
    if isinstance(value, dict):
        if {"value", "low", "high"} <= set(value):
            return {key: None if key in {"value", "low", "high"} else found for key, found in value.items()}
        return {key: _without_figures(found) for key, found in value.items()}
    return [_without_figures(found) for found in value] if isinstance(value, list) else value


@pytest.fixture(params=HOSTILE, ids=["script", "image", "signs", "bidi", "control", "empty", "long", "curly", "scheme"])
def hostile_source(default_source: ReportSource, request: pytest.FixtureRequest) -> ReportSource:
    """The default model where everything that people name or write is one and the same bad text."""
    bad: str = request.param
    found, old = deepcopy(default_source.evaluation), default_source.artifact.codebook
    frames = tuple(
        Frame(frame.id, bad, bad, bad, (bad,), (bad,), (bad,)) for frame in old.frames
    )  # The ids stay, since the figures go by them.
    codebook = Codebook(bad or "n", "1", frames, old.residual, language=bad, rules=((bad, (bad,)),))
    for stratum in found["shift"].values():
        stratum["notes"] = [bad]
        for group in stratum["groups"]:
            group["name"] = bad
            group["pooled"] = [bad] * len(group["pooled"])
        stratum["worst"] = bad
    for told in found["baselines"].values():
        told.update({"title": bad, "description": bad} | ({"note": bad} if "note" in told else {}))
    consistency = found["consistency"]
    consistency["statement"] = bad
    consistency["coders"] = {f"{bad}{place}": one for place, one in enumerate(consistency["coders"].values())}
    for pair in consistency["pairs"]:
        pair |= {"first": bad, "second": bad}
    for test in found["behaviour"]["invariance"]:
        test["name"] = bad
        for example in test["examples"]:
            example |= {"paragraph": bad, "text": bad, "changed_text": bad}
    for pair in found["behaviour"]["directional"]["each"]:
        pair |= {"name": bad, "turned": bad}
    data = found["data"]
    data["strata"] = {f"{bad}{place}": groups for place, groups in enumerate(data["strata"].values())}
    for entry in (*data["sources"], *(group for groups in data["strata"].values() for group in groups)):
        entry["name"] = bad
    data["coders"] = {bad: {"kind": None, "description": bad, "paragraphs": 1}}
    data["datasheet"] = {f"datasheet.{bad}": bad}
    found["learning_curve"]["notes"] = [bad]
    found["sampling"]["statement"] = bad
    artifact = replace(default_source.artifact, codebook=codebook, evaluation=found)
    return replace(default_source, artifact=artifact, answers={f"datasheet.{bad}.x": bad})


@pytest.fixture(scope="session")
def words() -> Callable[[Section], str]:
    """Give all sentences of a section."""
    return lambda section: "\n".join(block.text for block in section.blocks if isinstance(block, Text))


@pytest.fixture(scope="session")
def cautions() -> Callable[[Section], str]:
    return lambda section: "\n".join(
        block.text for block in section.blocks if isinstance(block, Text) and block.kind == "caution"
    )


@pytest.fixture(scope="session")
def tables() -> Callable[[Section], dict[str, Table]]:
    """Give the tables of a section by their captions."""
    return lambda section: {block.caption: block for block in section.blocks if isinstance(block, Table)}


@pytest.fixture(scope="session")
def figures() -> Callable[[Section], list[str]]:
    """Give the names of the figures of a section."""
    return lambda section: [block.name for block in section.blocks if isinstance(block, Figure)]


@pytest.fixture(scope="session")
def check_blocks() -> Callable[[Section], None]:
    """Check what every section must be: plain, bounded text, and tables whose rows fit their columns."""
    return _check_blocks


def _check_blocks(section: Section) -> None:
    assert section.title
    assert section.question.endswith("?")
    assert section.blocks
    for text in _texts(section):
        assert len(text) < 6_000
        assert not set("\x00\x1b\n\u202e\u2066") & set(text)
        assert "None]" not in text
        assert "nan" not in text.split()
    for block in section.blocks:
        if isinstance(block, Text | Heading):
            assert block.text.strip()
        if isinstance(block, Table):
            assert len(block.rows) <= 100
            assert all(len(row) == len(block.columns) == len(block.numeric) for row in block.rows)


def _texts(section: Section) -> list[str]:
    texts = []
    for block in section.blocks:
        if isinstance(block, Text | Heading):
            texts.append(block.text)
        elif isinstance(block, Table):
            texts += [block.caption, *block.columns, *(cell for row in block.rows for cell in row)]
        elif isinstance(block, Passages):
            texts += [block.title, block.rule]
            texts += [text for one in block.passages for text in (one.identifier, one.text, one.note)]
    return texts

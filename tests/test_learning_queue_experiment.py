"""The simulation of the learning queue runs, and what stands of it is what it gave."""

from __future__ import annotations

import dataclasses
import json
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from framing.annotation import labelled_paragraphs, read_labels
from framing.annotation.records import LabelledParagraphs


@pytest.fixture(scope="module")
def script(root: Path) -> ModuleType:
    spec = spec_from_file_location("learning_queue_simulate", root / "experiments" / "learning-queue" / "simulate.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def labelled(root: Path) -> LabelledParagraphs:
    return labelled_paragraphs(read_labels(root / "labels"))


@pytest.fixture(scope="module")
def runs(script: ModuleType, labelled: LabelledParagraphs):
    """Run it on every fourth article."""
    articles = list(dict.fromkeys(labelled.articles))[::4]
    rows = [row for row, article in enumerate(labelled.articles) if article in articles]
    few = dataclasses.replace(
        labelled,
        **{name: [getattr(labelled, name)[row] for row in rows] for name in ("ids", "texts", "articles")},
        **{name: getattr(labelled, name)[rows] for name in ("gold", "targets")},
        strata={},
        codings={},
    )
    return script.simulate(few, sizes=(40, 60, 90), repeats=1, folds=3, progress=lambda _: None)


def test_all_ways_begin_alike_and_then_part(runs) -> None:
    queue, random, margin = runs["queue"], runs["random"], runs["margin"]
    assert queue.shape == random.shape == margin.shape == (3, 3, 2)
    assert (queue[:, 0] == random[:, 0]).all()
    assert (margin[:, 0] == random[:, 0]).all()
    assert (queue[:, 1:] != random[:, 1:]).any()
    assert (queue[:, 1:] != margin[:, 1:]).any()
    assert all(((values > 0.05) & (values < 1)).all() for values in runs.values())


def test_differences_are_paired(script: ModuleType, runs) -> None:
    result = script.result_of(runs, (40, 60, 90), 3)
    assert [point["paragraphs"] for point in result["curve"]] == [40, 60, 90]
    [difference] = [one for one in result["differences"] if (one["of"], one["against"]) == ("queue", "random")]
    gains = runs["queue"][:, 2, 0] - runs["random"][:, 2, 0]
    figure = difference["sizes"][1]["macro_f1"]
    assert figure["value"] == pytest.approx(gains.mean(), abs=1e-4)
    assert figure["splits_above_0"] == (gains > 0).sum()
    # Wider than a plain interval over the splits.
    reach = 4.3027 * np.std(gains, ddof=1) / np.sqrt(3)
    assert figure["plain"] == pytest.approx([gains.mean() - reach, gains.mean() + reach], abs=2e-4)
    assert (figure["high"] - figure["low"]) / 2 > reach
    json.dumps(result)


def test_what_is_asked_is_not_coded_yet(script: ModuleType) -> None:
    given = np.random.default_rng(0).dirichlet(np.ones(3), 30)
    pool = script.Pool(np.arange(100, 130), given, np.arange(30) // 5)
    for asks in script.WAYS.values():
        rows = asks(pool, 12, np.random.default_rng(1))
        assert len(set(rows.tolist())) == 12
        assert set(rows.tolist()) <= set(range(100, 130))


def test_the_page_shows_the_result_as_it_is(script: ModuleType, labelled: LabelledParagraphs) -> None:
    result = json.loads((script.HOME / "result.json").read_text(encoding="utf-8"))
    page = (script.HOME / "README.md").read_text(encoding="utf-8")
    assert script.with_tables(page, script.tables_of(result)) == page, "run: simulate.py --tables"
    protocol = result["protocol"]
    assert (protocol["labels"], protocol["seed"]) == (labelled.digest, script.SEED)
    assert (tuple(protocol["sizes"]), protocol["repeats"], protocol["folds"]) == (
        script.SIZES,
        script.REPEATS,
        script.FOLDS,
    )
    assert (protocol["per_article"], protocol["random_share"]) == (script.PER_ARTICLE, script.RANDOM_SHARE)

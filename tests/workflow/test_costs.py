from __future__ import annotations

import json
from pathlib import Path

from framing.annotation import labelled_paragraphs, read_labels
from framing.workflow.costs import StageClock, costs_of_use, save_costs


def test_stages_are_told_on_and_timed() -> None:
    told = []
    clock = StageClock(lambda *stage: told.append(stage))
    for stage in (("folds", 0, 2), ("folds", 1, 2), ("other", 0, 1), ("folds", 2, 2), ("other", 1, 1)):
        clock(*stage)
    assert told == [("folds", 0, 2), ("folds", 1, 2), ("other", 0, 1), ("folds", 2, 2), ("other", 1, 1)]
    costs = clock.costs(2)
    assert [stage["name"] for stage in costs["stages"]] == ["folds", "other"]
    assert all(0 <= stage["seconds"] <= costs["seconds"] for stage in costs["stages"])
    assert costs["processes"] == 2
    assert costs["cores"] >= 1
    # This very process holds numpy and scikit-learn.
    assert costs["peak_memory_bytes"] is None or costs["peak_memory_bytes"] > 30_000_000


def test_a_model_in_use_is_timed_and_all_is_written_as_json(saved_model: Path, root: Path, tmp_path: Path) -> None:
    found = costs_of_use(saved_model, labelled_paragraphs(read_labels(root / "labels")))
    assert 0 < found["load_seconds"] < 60
    assert found["paragraphs_per_second"] > 10
    save_costs(tmp_path, found)
    assert json.loads((tmp_path / "run.json").read_text()) == found

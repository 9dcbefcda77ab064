from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from framing.artifact import Artifact
from framing.artifact.storage import load
from framing.codebook import Codebook, Frame
from framing.evaluation.wording import interval
from framing.report.checklists import known_questions
from framing.report.document import ReportSource
from framing.report.measured_answers import measured_answer, remaining

# Of the labels folder, as an evaluation tells it; small on purpose, and not the counts of the labels that are there.
DATA = {
    "words_per_paragraph": {"least": 1, "quartiles": [20, 32, 44], "most": 146},
    "paragraphs_per_article": {"least": 6, "quartiles": [8, 9, 10], "most": 13},
    "strata": {
        "outlet_type": [
            {"name": "of rebels", "articles": 40, "paragraphs": 300, "labels": {"insurgent-claim": 240, "none": 60}},
            {"name": "tiny", "articles": 1, "paragraphs": 6, "labels": {"geopolitical": 6}},
            {"name": "", "articles": 10, "paragraphs": 100, "labels": {"insurgent-claim": 60, "none": 40}},
        ],
        "year": [
            {"name": "1992", "articles": 3, "paragraphs": 9, "labels": {"none": 9}},
            {"name": "2026", "articles": 3, "paragraphs": 9, "labels": {"none": 3, "geopolitical": 6}},
        ],
    },
    "sources": [{"name": "one.example", "articles": 3, "paragraphs": 9}],
    "coders": {
        "a": {"kind": "person", "description": None, "paragraphs": 9},
        "b": {"kind": "program", "description": None, "paragraphs": 9},
        "c": {"kind": None, "description": None, "paragraphs": 9},
    },
    "datasheet": {},
}
STUDIES = ("behaviour", "calibration", "consistency", "copies_in_training", "data", "in_use", "label_issues", "leakage",
           "learning_curve", "names_masked", "paragraphs_with_a_frame", "sampling", "selective", "shift",
           "undecided_gold", "without_boilerplate")  # fmt: skip


@pytest.fixture(scope="module")
def artifact(root: Path) -> Artifact:
    return load(root / "artifacts" / "conflict-frames")


@pytest.fixture(scope="module")
def source(artifact: Artifact) -> ReportSource:
    return ReportSource(artifact)


@pytest.fixture(scope="module")
def with_data(artifact: Artifact) -> ReportSource:
    return changed(artifact, data=DATA)


@pytest.fixture(scope="module")
def other_codebook(root: Path, artifact: Artifact) -> ReportSource:
    """Nine frames without a residual, single texts, published folds, no coders and no strata."""
    evaluation = json.loads((root / "experiments" / "results" / "gvfc.json").read_text("utf-8"))
    frames = tuple(Frame(name, name.replace("_", " ")) for name in evaluation["protocol"]["frames"])
    manifest = {**artifact.manifest, "experiment": evaluation["protocol"]["experiment"]}
    return ReportSource(
        replace(artifact, codebook=Codebook("guns", "1.0", frames), evaluation=evaluation, manifest=manifest)
    )


def changed(artifact: Artifact, **parts: Any) -> ReportSource:
    return ReportSource(replace(artifact, evaluation={**(artifact.evaluation or {}), **parts}))


def without_studies(artifact: Artifact) -> ReportSource:
    evaluation = {key: value for key, value in (artifact.evaluation or {}).items() if key not in STUDIES}
    return ReportSource(replace(artifact, evaluation={**evaluation, "baselines": {}}))


def answer(source: ReportSource, identifier: str) -> str:
    text = measured_answer(source, identifier)
    assert text is not None
    return text


def answers(source: ReportSource) -> dict[str, str | None]:
    return {identifier: measured_answer(source, identifier) for identifier in sorted(known_questions())}


class TestFigures:
    @pytest.mark.parametrize(
        ("identifier", "ways"),
        [
            ("model_card.metrics.measures", [("metrics", "accuracy"), ("metrics", "brier"), ("metrics", "log_loss")]),
            (
                "model_card.metrics.thresholds",
                [("in_use", "conformal", "coverage"), ("in_use", "conformal", "certain")],
            ),
            ("model_card.quantitative.unitary", [("metrics", "macro_f1"), ("shift", "region", "metrics", "macro_f1")]),
            ("model_card.caveats.caveats", [("in_use", "surest_half", "accuracy_of_kept")]),
            ("datasheet.composition.noise", [("consistency", "without_third_coders", "krippendorff_alpha")]),
            ("datasheet.uses.already", [("metrics", "accuracy"), ("metrics", "macro_f1")]),
            ("reforms.leakage.dependencies", [("leakage", "random_folds", "macro_f1")]),
            ("reforms.leakage.features", [("names_masked", "metrics", "macro_f1")]),
            ("reforms.goals.machine_learning_motivation", [("baselines", "keywords", "metrics", "macro_f1")]),
            ("reforms.limits.external_validity", [("shift", "outlet_type", "metrics", "macro_f1")]),
            ("reforms.metrics.metrics", [("metrics", "macro_f1_frames"), ("metrics", "expected_calibration_error")]),
        ],
    )
    def test_answers_hold_the_figures_of_the_evaluation(
        self, source: ReportSource, identifier: str, ways: list[tuple[str, ...]]
    ) -> None:
        for way in ways:
            figure: Any = source.evaluation
            for key in way:
                figure = figure[key]
            assert interval(figure) in answer(source, identifier)

    def test_differences_have_signs(self, source: ReportSource) -> None:
        gap = source.evaluation["leakage"]["gap"]["macro_f1"]
        assert interval(gap, signed=True) in answer(source, "reforms.leakage.dependencies")

    def test_counts_are_those_of_the_protocol(self, source: ReportSource) -> None:
        text = answer(source, "datasheet.composition.count")
        protocol = source.evaluation["protocol"]
        assert text.startswith(f"{protocol['paragraphs']:,} paragraphs of {protocol['articles']:,} articles; ")
        for label in source.artifact.codebook.labels:
            support = source.evaluation["per_frame"][label]["support"]
            assert f"{source.artifact.codebook.title(label)} {support}" in text

    def test_shares_of_the_outcome_add_up(self, source: ReportSource) -> None:
        text = answer(source, "reforms.data_quality.outcome")
        shares = [float(word.rstrip("%,.")) for word in text.split() if word.rstrip(",.").endswith("%")]
        assert len(shares) == len(source.artifact.codebook.labels)
        assert sum(shares) == pytest.approx(100, abs=0.3)

    def test_the_weakest_label_is_the_one_of_lowest_f1(self, source: ReportSource) -> None:
        per_frame = source.evaluation["per_frame"]
        low = min(per_frame, key=lambda label: per_frame[label]["f1"]["value"])
        told = f"F1 is lowest for {source.artifact.codebook.title(low)}, {interval(per_frame[low]['f1'])}"
        assert told in answer(source, "model_card.caveats.caveats")

    def test_the_largest_confusion_is_the_largest_cell_off_the_diagonal(self, source: ReportSource) -> None:
        confusion, title = source.evaluation["confusion"], source.artifact.codebook.title
        cells = {
            (gold, predicted): confusion["mean_over_repeats"][row][column]
            for row, gold in enumerate(confusion["labels"])
            for column, predicted in enumerate(confusion["labels"])
            if row != column
        }
        gold, predicted = max(cells, key=lambda pair: cells[pair])
        assert f"Most often {title(gold)} is taken for {title(predicted)}: " in answer(
            source, "model_card.caveats.caveats"
        )

    def test_the_best_baseline_is_the_one_of_highest_macro_f1(self, source: ReportSource) -> None:
        run = {key: one for key, one in source.evaluation["baselines"].items() if "metrics" in one}
        best = max(run.values(), key=lambda one: one["metrics"]["macro_f1"]["value"])
        text = answer(source, "reforms.modelling.baselines")
        assert f"The best of {len(run)} baselines by macro-F1 is {best['title']}, " in text
        assert "the model is better" in text
        assert all(one["title"] in text for one in source.evaluation["baselines"].values() if "metrics" not in one)

    @pytest.mark.parametrize(
        ("low", "high", "verdict"),
        [(0.01, 0.2, "the model is better"), (-0.1, 0.1, "no difference can be shown"),
         (-0.2, -0.01, "the baseline is better"), (None, None, "no difference can be shown")],
    )  # fmt: skip
    def test_better_is_said_only_where_the_interval_says_so(
        self, artifact: Artifact, low: float | None, high: float | None, verdict: str
    ) -> None:
        baseline = copy.deepcopy((artifact.evaluation or {})["baselines"]["majority"])
        baseline["model_less_baseline"]["macro_f1"]["difference"] = {"value": 0.0, "low": low, "high": high}
        assert verdict in answer(changed(artifact, baselines={"only": baseline}), "reforms.modelling.baselines")

    @pytest.mark.parametrize("test", [None, {"p_value": 0.079}])
    def test_a_lead_without_the_stricter_test_is_not_called_shown(
        self, artifact: Artifact, test: dict[str, float] | None
    ) -> None:
        baseline = copy.deepcopy((artifact.evaluation or {})["baselines"]["majority"])
        baseline["model_less_baseline"]["macro_f1"]["corrected_resampled_t"] = test
        told = answer(changed(artifact, baselines={"only": baseline}), "reforms.modelling.baselines")
        assert "better as trained, which a test that allows for training on other articles does not show" in told

    def test_a_loss_that_cannot_be_shown_is_called_so(self, source: ReportSource) -> None:
        nothing, _, told_of_groups = answer(source, "reforms.limits.external_validity").partition(" Within them: ")
        assert nothing == "Beyond these data nothing was tested."
        told = told_of_groups.split(". By ")
        shift = {
            name.replace("_", " "): found["drop"]["macro_f1"] for name, found in source.evaluation["shift"].items()
        }
        for part in told:
            name = part.removeprefix("Macro-F1 where each group in turn is left out of training: ").partition(" (")[0]
            assert ("no difference that can be shown" in part.partition(". Losses")[0]) == (
                shift[name]["low"] <= 0 <= shift[name]["high"]
            )

    def test_the_values_chosen_are_those_of_the_manifest_and_of_the_folds(self, source: ReportSource) -> None:
        text = answer(source, "reforms.modelling.tuning")
        chosen = source.artifact.manifest["chosen"]["C"]
        values = source.evaluation["protocol"]["experiment"]["classifier"]["C"]
        assert f"C: {chosen:g}, of {', '.join(f'{value:g}' for value in values)}; in the outer folds" in text
        assert sum(fold["C"] == 1.0 for fold in source.evaluation["folds"]) == 9
        assert "1 (9 times)" in text

    def test_the_digests_name_the_version_of_the_data(self, source: ReportSource) -> None:
        text = answer(source, "reforms.reproducibility.dataset")
        assert source.evaluation["protocol"]["labels"] in text
        assert source.evaluation["protocol"]["codebook"] in text

    def test_programs_are_not_passed_off_as_people(self, source: ReportSource) -> None:
        for identifier in ("reforms.data_quality.sources", "datasheet.preprocessing.done"):
            text = answer(source, identifier)
            assert "Coded by 7 programs." in text
            assert source.evaluation["consistency"]["statement"] in text


class TestData:
    def test_kinds_of_coders_are_counted(self, with_data: ReportSource) -> None:
        text = answer(with_data, "datasheet.composition.label")
        assert "Coded by 1 person, 1 program and 1 coder of a kind that is not told." in text

    def test_the_closest_tie_of_label_and_group_is_told_with_what_is_usual(self, with_data: ReportSource) -> None:
        text = answer(with_data, "datasheet.uses.impact")
        # Every paragraph of 'tiny' has one label, and one article is no evidence of a tie.
        assert text.startswith("Of the 300 paragraphs with gold whose outlet type is of rebels, 240 (80.0%) are ")

    def test_what_is_unknown_is_told_label_by_label(self, with_data: ReportSource) -> None:
        text = answer(with_data, "reforms.data_quality.missing")
        assert "Outlet type is unknown of 24.6%: " in text
        assert "Insurgent claim 20.0%" in text
        assert "Known of all: year." in text

    def test_lengths_years_and_sources_are_told(self, with_data: ReportSource) -> None:
        assert "Text of 1 to 146 words (quartiles 20, 32, 44)" in answer(with_data, "datasheet.composition.data")
        assert "the years 1992 to 2026" in answer(with_data, "datasheet.collection.timeframe")
        assert "The texts name 1 source." in answer(with_data, "reforms.data_quality.sources")

    def test_a_sample_drawn_by_chance_is_not_called_unfit_for_counting(self, artifact: Artifact) -> None:
        statement = "All of these labels were drawn by chance."
        sampled = changed(artifact, sampling={"drawn_by": {"sample": 9}, "sample": None, "statement": statement})
        assert measured_answer(sampled, "datasheet.uses.unsuitable") is None
        assert answer(sampled, "reforms.data_quality.representative") == statement
        assert "9 drawn by chance" in answer(sampled, "datasheet.composition.sample")

    def test_the_machine_is_told_where_it_was_kept(self, artifact: Artifact) -> None:
        run = {"seconds": 1234.5, "machine": "x86_64", "system": "Linux", "cores": 2, "processes": 2,
               "peak_memory_bytes": 3 * 2**30}  # fmt: skip
        text = answer(ReportSource(artifact, run=run), "reforms.reproducibility.infrastructure")
        told = "Run on Linux on x86_64, 2 cores, 2 processes, 1,234 seconds for training and evaluation, 3.00 GiB"
        assert text.startswith(told)
        assert answer(ReportSource(artifact), "reforms.reproducibility.infrastructure").startswith("On which machine")


class TestOtherEvaluations:
    def test_single_texts_have_no_articles(self, other_codebook: ReportSource) -> None:
        assert answer(other_codebook, "datasheet.composition.instances") == "Each instance is a text by itself."
        assert answer(other_codebook, "reforms.data_quality.sample_size").startswith("1,300 texts, each by itself; ")
        assert "articles kept whole" not in answer(other_codebook, "reforms.modelling.evaluation")
        assert "Every text has a gold label." in answer(other_codebook, "reforms.data_quality.missing")

    def test_published_folds_are_called_so_and_their_leak_is_told(self, other_codebook: ReportSource) -> None:
        assert "the 5 folds published with the data, once" in answer(other_codebook, "reforms.modelling.evaluation")
        text = answer(other_codebook, "reforms.leakage.dependencies")
        assert "4 pairs stand in different published folds" in text
        assert "8 test paragraphs have a copy or near-copy in training." in text

    def test_the_table_of_others_is_named(self, other_codebook: ReportSource) -> None:
        settings = other_codebook.evaluation["protocol"]["experiment"]["data"]
        text = answer(other_codebook, "model_card.evaluation_data.datasets")
        assert settings["csv"] in text
        assert settings["sha256"] in text

    def test_frames_without_a_residual_are_all_the_labels(self, other_codebook: ReportSource) -> None:
        assert "over the frames" not in answer(other_codebook, "model_card.metrics.measures")
        assert "boilerplate" not in answer(other_codebook, "reforms.preprocessing.excluded")

    def test_what_was_not_studied_stays_open(self, other_codebook: ReportSource, artifact: Artifact) -> None:
        for identifier in ("reforms.limits.external_validity", "reforms.goals.machine_learning_motivation",
                           "model_card.factors.evaluation", "datasheet.collection.timeframe"):  # fmt: skip
            assert measured_answer(other_codebook, identifier) is None
            assert measured_answer(without_studies(artifact), identifier) is None

    def test_an_evaluation_without_studies_answers_what_it_can(self, artifact: Artifact) -> None:
        bare, full = answers(without_studies(artifact)), answers(ReportSource(artifact))
        told = {identifier for identifier, text in bare.items() if text}
        assert told < {identifier for identifier, text in full.items() if text}
        assert {
            "model_card.metrics.measures",
            "reforms.modelling.evaluation",
            "reforms.data_quality.sample_size",
        } <= told

    @pytest.mark.parametrize("study", STUDIES)
    def test_a_study_that_gave_only_a_note_or_nothing_is_no_answer(self, artifact: Artifact, study: str) -> None:
        for nothing in ({}, None):
            assert all(text is None or text for text in answers(changed(artifact, **{study: nothing})).values())

    def test_undefined_figures_are_said_to_be_undefined(self, source: ReportSource) -> None:
        artifact = replace(source.artifact, evaluation=undefined(source.evaluation))
        found = answers(ReportSource(artifact))
        assert "not defined" in (found["model_card.metrics.measures"] or "")
        assert "None [" not in json.dumps(found)

    def test_many_labels_are_counted_and_not_all_named(self, artifact: Artifact) -> None:
        names = [f"frame {place}" for place in range(60)]
        some = (artifact.evaluation or {})["per_frame"]["none"]
        codebook = Codebook("many", "1.0", tuple(Frame(name, name) for name in names))
        evaluation = {**(artifact.evaluation or {}), "per_frame": dict.fromkeys(names, some), "confusion": None}
        found = ReportSource(replace(artifact, codebook=codebook, evaluation=evaluation))
        assert "45 more" in answer(found, "reforms.data_quality.sample_size")

    def test_an_unsaved_model_has_no_version(self, artifact: Artifact) -> None:
        unsaved = ReportSource(replace(artifact, manifest={}))
        for identifier in ("model_card.details.version", "model_card.details.type", "reforms.reproducibility.code"):
            assert measured_answer(unsaved, identifier) is None
            assert measured_answer(ReportSource(artifact), identifier)


class TestSentences:
    def test_every_answer_is_one_line_of_whole_sentences(
        self, source: ReportSource, with_data: ReportSource, other_codebook: ReportSource
    ) -> None:
        for one in (source, with_data, other_codebook):
            for identifier, text in answers(one).items():
                if text is not None:
                    assert text == " ".join(text.split()), identifier
                    assert text.endswith("."), identifier

    def test_no_missing_value_shows(self, other_codebook: ReportSource) -> None:
        # Of a codebook without the label 'None', so that the word can only be a value that is missing.
        for identifier, text in answers(other_codebook).items():
            assert not re.search(r"\bNone\b(?! of the samples)", text or ""), identifier

    def test_what_remains_is_said_of_measured_questions_only(self, source: ReportSource) -> None:
        assert remaining("model_card.details.contact") is None
        assert remaining("reforms.reproducibility.dataset") == "a link or a DOI"

    def test_names_that_others_gave_break_no_line(self, artifact: Artifact) -> None:
        hostile = "a\n\u202e<script>|`" + "x" * 500
        frames = tuple(replace(frame, title=hostile) for frame in artifact.codebook.frames)
        codebook = replace(artifact.codebook, frames=frames, name=hostile, version=hostile, unit=hostile)
        evaluation = copy.deepcopy(artifact.evaluation or {})
        shift = evaluation["shift"]["region"]
        shift["groups"][0]["name"] = shift["worst"] = hostile
        evaluation["data"] = DATA
        evaluation["baselines"]["majority"]["title"] = hostile
        source = ReportSource(replace(artifact, codebook=codebook, evaluation=evaluation))
        for text in answers(source).values():
            assert text is None or not {"\n", "\u202e"} & set(text)
            assert text is None or "x" * 200 not in text


def undefined(value: Any) -> Any:
    """Take the value from every figure."""
    if isinstance(value, Mapping):
        if {"value", "low", "high"} <= set(value):
            return dict.fromkeys(value)
        return {key: undefined(inner) for key, inner in value.items()}
    return [undefined(inner) for inner in value] if isinstance(value, list) else value

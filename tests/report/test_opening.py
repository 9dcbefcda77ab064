import json
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import framing
from framing.codebook import of_labels
from framing.evaluation.wording import decimals, interval
from framing.report.display import percent
from framing.report.document import ReportSource
from framing.report.opening import opening

GOOD, SURE, FAILS, MATERIAL, ADVICE = range(5)
# What an evaluation may lack: studies that were not run, and parts that older versions did not write.
OPTIONAL = (
    "baselines", "behaviour", "calibration", "consistency", "copies_in_training", "data", "examples", "in_use",
    "label_issues", "leakage", "learning_curve", "names_masked", "sampling", "selective", "shift",
)  # fmt: skip


@pytest.fixture(scope="module")
def source(root: Path) -> ReportSource:
    return ReportSource(framing.load(root / "artifacts" / "conflict-frames"))


@pytest.fixture(scope="module")
def others(root: Path, source: ReportSource) -> ReportSource:
    """Nine frames without a residual, single headlines, published folds, no coders and no strata."""
    evaluation = json.loads((root / "experiments" / "results" / "gvfc.json").read_text("utf-8"))
    artifact = replace(
        source.artifact,
        name="gvfc",
        codebook=of_labels("gvfc", evaluation["confusion"]["labels"]),
        evaluation=evaluation,
        manifest=source.artifact.manifest | {"description": evaluation["protocol"]["experiment"]["description"]},
    )
    return ReportSource(artifact)


def changed(source: ReportSource, change: Callable[[dict[str, Any]], object]) -> ReportSource:
    evaluation = deepcopy(source.evaluation)
    change(evaluation)
    return replace(source, artifact=replace(source.artifact, evaluation=evaluation))


def told(source: ReportSource, place: int) -> str:
    return opening(source).sentences[place][1]


def in_percent(figure: dict[str, float]) -> str:
    value, low, high = (percent(figure[key]) for key in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def test_it_says_what_the_model_is_for_and_what_not(source: ReportSource) -> None:
    first = opening(source)
    codebook = source.artifact.codebook
    assert first.title == source.artifact.name
    assert first.digest == source.artifact.manifest["digest"]
    assert first.purpose.startswith(source.artifact.manifest["description"])
    for label in codebook.labels:
        assert codebook.title(label) in first.purpose
    assert f"one of {len(codebook.frames)} frames" in first.purpose
    assert "(7 programs)" in first.purpose
    assert "not for a verdict on a single text" in first.purpose
    assert first.figure is not None


def test_how_good_it_is_in_shares_of_paragraphs_and_against_others(source: ReportSource) -> None:
    metrics, sentence = source.evaluation["metrics"], told(source, GOOD)
    assert "right in about 2 in 3 paragraphs of articles that it had not learnt from" in sentence
    assert in_percent(metrics["accuracy"]) in sentence
    assert interval(metrics["macro_f1"]) in sentence
    measured = [found for found in source.evaluation["baselines"].values() if "metrics" in found]
    best = max(measured, key=lambda found: found["metrics"]["macro_f1"]["value"])
    assert f"the best of {len(measured)} other methods, {best['title']}, reaches" in sentence
    alone = source.evaluation["in_use"]["short_articles"]["lengths"]["1"]["metrics"]["macro_f1"]["value"]
    assert (
        f"reaches {decimals(best['metrics']['macro_f1']['value'])} from each paragraph alone, where this model reaches "
        f"{decimals(alone)}"
    ) in sentence
    assert f"({len(source.evaluation['baselines']) - len(measured)} more were not run)." in sentence
    without = source.evaluation["without_boilerplate"]["metrics"]["macro_f1"]["value"]
    assert f"that a rule labels, macro-F1 is {decimals(without)}." in sentence
    assert "which were learnt from and who coded is not" in sentence


@pytest.mark.parametrize(
    ("accuracy", "words"),
    [(0.5, "1 in 2 "), (0.756, "3 in 4 "), (0.34, "1 in 3 "), (0.97, "97 in 100 "), (0.0, "0 in")],
)
def test_a_share_in_small_numbers(source: ReportSource, accuracy: float, words: str) -> None:
    figure = {"value": accuracy, "low": None, "high": None}
    sentence = told(changed(source, lambda found: found["metrics"].update(accuracy=figure)), GOOD)
    assert f"in about {words}" in sentence
    assert f": {percent(accuracy)} got" in sentence


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (-0.01, 0.02, "so that it is not shown to be better."),
        (-0.2, -0.1, ", and is better."),
        (None, None, "not shown"),
    ],
)
def test_a_method_that_is_as_good_or_better_is_said_to_be(
    source: ReportSource, low: float | None, high: float | None, words: str
) -> None:
    def change(found: dict[str, Any]) -> None:
        for baseline in found["baselines"].values():
            if "metrics" in baseline:
                baseline["model_less_baseline"]["macro_f1"]["difference"] = {"value": 0.0, "low": low, "high": high}

    assert words in told(changed(source, change), GOOD)


def test_how_sure_it_is(source: ReportSource) -> None:
    in_use, sentence = source.evaluation["in_use"], told(source, SURE)
    error = source.evaluation["metrics"]["expected_calibration_error"]
    assert f"{round(100 * error['value'])} points off on average (calibration error {interval(error)})" in sentence
    assert f"surest of, {in_percent(in_use['surest_half']['accuracy_of_kept'])} are right" in sentence
    assert f"hold the right one in {in_percent(in_use['conformal']['coverage'])}, as promised" in sentence
    assert in_percent(in_use["conformal"]["certain"]) in sentence


def test_a_promise_that_is_broken_or_not_judged_is_not_called_kept(source: ReportSource) -> None:
    broken = told(changed(source, lambda found: found["in_use"]["conformal"].update(promise_kept=False)), SURE)
    assert "not in the 90% promised" in broken
    unjudged = told(changed(source, lambda found: found["in_use"]["conformal"].update(promise_kept=None)), SURE)
    assert "promised" not in unjudged

    def just_reached(found: dict[str, Any]) -> None:
        found["in_use"]["conformal"] |= {"coverage": {"value": 0.86, "low": 0.79, "high": 0.92}, "promise_kept": True}

    below = told(changed(source, just_reached), SURE)
    assert "in 86% (79% to 92%), where 90% was promised, which the interval reaches;" in below
    assert ", as promised" not in below


def test_an_uncalibrated_model_is_said_to_be_one(source: ReportSource) -> None:
    def change(found: dict[str, Any]) -> None:
        del found["metrics"]["expected_calibration_error"]
        found["in_use"]["conformal"] = None

    sentence = told(changed(source, change), SURE)
    assert "was not measured" in sentence
    assert "no sets of candidates" in sentence


def test_where_it_fails(source: ReportSource) -> None:
    evaluation, codebook, sentence = source.evaluation, source.artifact.codebook, told(source, FAILS)
    weakest = min(codebook.labels, key=lambda label: evaluation["per_frame"][label]["f1"]["value"])
    figures = evaluation["per_frame"][weakest]
    assert f"weakest on “{codebook.title(weakest)}” (F1 {decimals(figures['f1']['value'])})" in sentence
    assert f"finds {percent(figures['recall']['value'])} of them" in sentence
    labels, counts = evaluation["confusion"]["labels"], evaluation["confusion"]["mean_over_repeats"]
    errors = {
        (gold, given): counts[gold][given]
        for gold in range(len(labels))
        for given in range(len(labels))
        if gold != given
    }
    gold, given = max(errors, key=lambda pair: errors[pair])
    confused = f"“{codebook.title(labels[gold])}” as “{codebook.title(labels[given])}”"
    assert f"{confused}: {percent(counts[gold][given] / sum(counts[gold]))} of the former" in sentence


def test_the_worst_group_is_one_that_chance_does_not_explain(source: ReportSource) -> None:
    groups = [
        (group["macro_f1_of_present_labels"]["high"], group)
        for found in source.evaluation["shift"].values()
        for group in found["groups"]
        if group["macro_f1_of_present_labels"]["high"] is not None
    ]
    _, worst = min(groups, key=lambda pair: pair[0])
    # The lowest figure of all is that of a group of few articles.
    assert worst is not min(
        (group for _, group in groups), key=lambda group: group["macro_f1_of_present_labels"]["value"]
    )
    assert f"“{worst['name']}” to learn from, it was right in {in_percent(worst['metrics']['accuracy'])}" in told(
        source, FAILS
    )


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.9, "pairs of texts whose label is the same by the codebook, 90% get two"), (0.0, "whose labels differ")],
)
def test_the_behaviour_that_fails_most_is_named(source: ReportSource, share: float, words: str) -> None:
    def change(found: dict[str, Any]) -> None:
        found["behaviour"]["directional"]["should_stay"]["flipped"]["value"] = share

    assert words in told(changed(source, change), FAILS)


def test_no_behaviour_is_called_weak_where_nothing_failed(source: ReportSource) -> None:
    def change(found: dict[str, Any]) -> None:
        found["behaviour"] = {"invariance": [{"name": "typos", "flipped": {"value": None}}], "directional": {}}

    assert "typos" not in told(changed(source, change), FAILS)


def test_programs_are_no_people(source: ReportSource) -> None:
    sentence = told(source, MATERIAL)
    protocol = source.evaluation["protocol"]
    assert sentence.startswith(f"{protocol['paragraphs']:,} paragraphs of {protocol['articles']:,} articles")
    assert "coded by 7 programs and no person" in sentence
    assert "not drawn by chance" in sentence


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (["person"], "coded by 1 person."),
        (["person", "person", "program"], "coded by 2 people and 1 program."),
        (["program", None], "coded by 1 program and 1 of a kind not told; whether by people is not told."),
        ([], "who coded them is not told."),
    ],
)
def test_the_coders_are_told_by_their_kind(source: ReportSource, kinds: list[str | None], words: str) -> None:
    def change(found: dict[str, Any]) -> None:
        found["consistency"] = None
        found["data"] = {"coders": {f"c{place}": {"kind": kind} for place, kind in enumerate(kinds)}}

    assert words in told(changed(source, change), MATERIAL)


@pytest.mark.parametrize(
    ("drawn_by", "words"),
    [
        ({"purposive": 10}, "chosen and not drawn by chance"),
        ({"learning": 5, "unknown": 5}, "chosen and not drawn by chance"),
        ({"unknown": 10}, "How these were chosen is not told"),
        ({}, "How these were chosen is not told"),
        ({"sample": 10}, "were drawn by chance, so that weighted figures hold"),
        ({"sample": 4, "purposive": 6}, "4 of 10 were drawn by chance"),
    ],
)
def test_what_the_figures_stand_for(source: ReportSource, drawn_by: dict[str, int], words: str) -> None:
    sampling = {"drawn_by": drawn_by, "sample": None}
    assert words in told(changed(source, lambda found: found.update(sampling=sampling)), MATERIAL)


def test_what_to_do_first_names_the_commands_and_a_size_that_is_enough(source: ReportSource) -> None:
    sentence = told(source, ADVICE)
    [size] = re.findall(r"--purpose sample --size (\d+)", sentence)
    accuracy = source.evaluation["metrics"]["accuracy"]["value"]
    assert 1.96 * (accuracy * (1 - accuracy) / int(size)) ** 0.5 <= 0.05
    assert 1.96 * (accuracy * (1 - accuracy) / (int(size) - 10)) ** 0.5 > 0.05
    assert "framing label" in sentence
    assert "framing evaluate" in sentence


def test_a_weighted_figure_is_told_where_there_is_a_sample(source: ReportSource) -> None:
    accuracy = {"value": 0.61, "low": 0.55, "high": 0.66}
    sampling = {"drawn_by": {"sample": 9}, "sample": {"metrics": {"accuracy": accuracy}}}
    sentence = told(changed(source, lambda found: found.update(sampling=sampling)), ADVICE)
    assert sentence.startswith("For the texts that its sample was drawn from, 61% (55% to 66%) are right, weighted")


@pytest.mark.parametrize("missing", [*[(name,) for name in OPTIONAL], OPTIONAL])
def test_what_was_not_measured_breaks_nothing(source: ReportSource, missing: tuple[str, ...]) -> None:
    def leave_out(found: dict[str, Any]) -> None:
        for name in missing:
            found.pop(name, None)

    first = opening(changed(source, leave_out))
    assert len(first.sentences) == 5
    assert all(
        sentence.endswith(".") and "None" not in sentence.replace("“None”", "") for _, sentence in first.sentences
    )


def test_another_codebook(others: ReportSource) -> None:
    first = opening(others)
    assert "one of 9 frames" in first.purpose
    assert ", or “" not in first.purpose
    assert "(7 programs)" not in first.purpose
    assert "in about 3 in 4 texts that it had not learnt from" in first.sentences[GOOD][1]
    assert "1% of the texts tested had a copy" in first.sentences[GOOD][1]
    assert "was not measured" in first.sentences[FAILS][1]
    assert "who coded them is not told" in first.sentences[MATERIAL][1]


def test_figures_that_are_not_defined(source: ReportSource) -> None:
    undefined = {"value": None, "low": None, "high": None}

    def blank(found: Any) -> Any:
        if isinstance(found, dict):
            return (
                undefined if found.keys() >= {"value", "low", "high"} else {key: blank(of) for key, of in found.items()}
            )
        return [blank(of) for of in found] if isinstance(found, list) else found

    first = opening(changed(source, lambda found: found.update(blank(found))))
    assert "not known how often it is right" in first.sentences[GOOD][1]
    assert "cannot be said" in first.sentences[FAILS][1]
    assert "--size 390" in first.sentences[ADVICE][1]


@given(st.text(st.characters(), max_size=400))
@settings(max_examples=15)
def test_names_of_others_are_cut_and_kept_on_one_line(source: ReportSource, name: str) -> None:
    codebook = source.artifact.codebook
    frames = tuple(replace(frame, title=name) for frame in codebook.frames)
    artifact = replace(
        source.artifact,
        name=name,
        codebook=replace(codebook, name=name, frames=frames),
        manifest={"description": name},
    )
    hostile = changed(
        replace(source, artifact=artifact),
        lambda found: [group.update(name=name) for kind in found["shift"].values() for group in kind["groups"]],
    )
    first = opening(hostile)
    for text in (first.title, first.purpose, *(sentence for _, sentence in first.sentences)):
        assert "\n" not in text
        assert not re.search("[\x00-\x1f\u202a-\u202e]", text)
    assert len(first.title) <= 120
    assert all(len(sentence) < 1200 for _, sentence in first.sentences)


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        ("Derived: a model retold each page. It may err.", "as told: “Derived: a model retold each page.”"),
        ("Found\n on the web", "as told: “Found on the web”"),
        ("word " * 100, "word…”"),
    ],
)
def test_how_the_texts_came_about_is_quoted_where_it_is_told(source: ReportSource, origin: str, said: str) -> None:
    assert "as told" not in told(source, MATERIAL)
    assert said in told(replace(source, answers={"datasheet.collection.acquired": origin}), MATERIAL)


def test_other_methods_read_texts_alone_only_where_there_are_articles(
    source: ReportSource, others: ReportSource
) -> None:
    assert "alone, where" not in told(others, GOOD)
    assert "a rule labels" not in told(others, GOOD)

    def read_in_article(found: dict[str, Any]) -> None:
        best = found["baselines"].pop("word_char_svc")
        found["baselines"] |= {"encoder_in_article": best}

    assert "alone, where" in told(source, GOOD)
    assert "alone, where" not in told(changed(source, read_in_article), GOOD)


@pytest.mark.parametrize(("right", "words"), [(0.5, ", and on the whole too high"), (0.9, "too low"), (0.8, ").")])
def test_to_which_side_the_probabilities_err(source: ReportSource, right: float, words: str) -> None:
    bins = [{"from": 0.7, "to": 1.0, "predictions": 9, "mean_probability": 0.8, "share_right": right}]
    assert (
        words in told(changed(source, lambda found: found["calibration"].update(bins=bins)), SURE).split(". ")[0] + "."
    )


def test_what_a_rule_finds_is_told_apart_from_what_the_model_finds(source: ReportSource) -> None:
    residual = source.artifact.codebook.residual
    assert residual is not None
    own = source.evaluation["without_boilerplate"]["per_frame"][residual]

    def weakest(found: dict[str, Any]) -> None:
        found["per_frame"][residual]["f1"]["value"] = 0.01

    boilerplate = source.evaluation["protocol"]["boilerplate"]
    shares = f"{percent(own['recall']['value'])} and {percent(own['precision']['value'])}"
    assert f"(without the {boilerplate} that a rule calls so: {shares})" in told(changed(source, weakest), FAILS)


def test_the_worst_group_stands_beside_its_control(source: ReportSource) -> None:
    assert "as many articles of all kinds were in" in told(source, FAILS)

    def without_controls(found: dict[str, Any]) -> None:
        for stratum in found["shift"].values():
            for group in stratum["groups"]:
                del group["control"]

    assert "as many articles" not in told(changed(source, without_controls), FAILS)


def test_raw_labels_are_no_variable_of_a_regression(source: ReportSource, others: ReportSource) -> None:
    for one in (source, others):
        assert "nor are its labels as a variable of a regression" in told(one, ADVICE)


@pytest.mark.parametrize("p_value", [0.04, 0.05, None])
def test_a_lead_that_the_stricter_test_does_not_show_is_said_not_to_be_shown(
    source: ReportSource, p_value: float | None
) -> None:
    def change(found: dict[str, Any]) -> None:
        for baseline in found["baselines"].values():
            if "metrics" in baseline:
                against = baseline["model_less_baseline"]["macro_f1"]
                against["corrected_resampled_t"] = None if p_value is None else {"p_value": p_value}

    shown = p_value is not None and p_value < 0.05
    assert ("does not show the model to be better" in told(changed(source, change), GOOD)) != shown

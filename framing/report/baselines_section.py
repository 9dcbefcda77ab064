"""What the model must beat: simple and standard recipes on the same folds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from framing.report.document import Block, Heading, ReportSource, Section, Text
from framing.report.phrases import (
    FIRM,
    READS_ARTICLE,
    UNDEFINED,
    bounded,
    clipped,
    figure,
    first_of,
    lone_macro_f1,
    named,
    not_asked_for,
    not_measured,
    number,
    p_value,
    side_of_zero,
)

TITLE = "Baselines"
QUESTION = "Is it better than simple recipes, by more than chance?"

FIGURES = {
    "macro_f1": "Macro-F1",
    "macro_f1_frames": "Macro-F1, frames only",
    "accuracy": "Accuracy",
    "log_loss": "Log loss",
    "brier": "Brier score, 0 to 2",
    "expected_calibration_error": "Calibration error",
}
VERDICTS = {
    1: "The model has a higher macro-F1, the interval of the paired difference lying above 0, than",
    0: "No difference in macro-F1 can be shown, the interval of the paired difference holding 0, from",
    -1: "The model has a lower macro-F1, the interval of the paired difference lying below 0, than",
    None: "The difference in macro-F1 has no interval to judge it by, for",
}


def baselines_section(source: ReportSource) -> Section:
    from framing.report.interval_figures import baselines_figure

    evaluation = source.evaluation
    baselines = evaluation.get("baselines") or {}
    ordered = sorted((found for found in baselines.values() if "metrics" in found), key=_macro_f1, reverse=True)
    blocks: list[Block] = []
    if "baselines" not in evaluation["protocol"]["studies"]:
        blocks.append(not_measured("baselines that learn from labels or words", not_asked_for(evaluation, "baselines")))
    elif not ordered:
        blocks.append(not_measured("baselines", not_asked_for(evaluation, "baselines")))
    if ordered:
        drawn = baselines_figure(source)
        blocks += [Text(sentence) for sentence in _verdicts(evaluation, ordered)]
        blocks += [] if drawn is None else [drawn]
        blocks += _figures(evaluation, ordered, frames=source.artifact.codebook.residual is not None)
        blocks += _differences(ordered)
    return Section("baselines", TITLE, QUESTION, (*blocks, *_descriptions(baselines)))


def _macro_f1(found: Mapping[str, Any]) -> float:
    value = found["metrics"]["macro_f1"]["value"]
    return -1.0 if value is None else value


def _verdicts(evaluation: Mapping[str, Any], ordered: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Say what the intervals of the paired differences in macro-F1 show, and then what the tests say."""
    skipped = len(evaluation["baselines"]) - len(ordered)
    sides: dict[int | None, list[str]] = {1: [], 0: [], -1: [], None: []}
    for found in ordered:
        sides[side_of_zero(_difference(found))].append(_name(found))
    best = ordered[0]
    yield (
        f"The best baseline by macro-F1 is {_name(best)}, {figure(best['metrics']['macro_f1'])}; the model's macro-F1 "
        f"less its is {figure(_difference(best), signed=True)}."
    )
    if len(sides[1]) == len(ordered) > 1:
        yield (
            f"As trained, the model has a higher macro-F1 than each of the {len(ordered)} baselines measured: every "
            "interval of the paired difference lies above 0."
        )
    else:
        for side, told in VERDICTS.items():
            if sides[side]:
                yield f"{told} {first_of(sides[side])}."
    yield _tests(ordered)
    yield _fairness(evaluation)
    if skipped:
        baselines = "1 more baseline was" if skipped == 1 else f"{skipped} more baselines were"
        yield f"{baselines} not run, and nothing is said of them here; why stands below."


def _fairness(evaluation: Mapping[str, Any]) -> str:
    """Say what the model has that the baselines lack, and what kinds of recipes are not among them."""
    protocol, alone, reads = evaluation["protocol"], lone_macro_f1(evaluation), evaluation["baselines"]
    told = "The baselines without an encoder have the settings told below and are not tuned; the model is."
    if protocol["articles"] != protocol["paragraphs"]:
        told += (
            f" Of all baselines only '{named(reads[READS_ARTICLE]['title'])}' reads a paragraph in its article, as the "
            "model does, so that"
            if READS_ARTICLE in reads
            else " No baseline reads a paragraph in its article, as the model does, so that"
        )
        told += " a difference from the others may be the article's and not the recipe's."
        if alone is not None:
            told += (
                f" Reading each paragraph alone, with what it learnt from whole articles, the model has macro-F1 "
                f"{figure(alone)}; no difference is tested there."
            )
    return f"{told} No language model, fine-tuned or prompted, is among them."


def _tests(ordered: Sequence[Mapping[str, Any]]) -> str:
    weak = []
    for found in ordered:
        test = _against(found)["corrected_resampled_t"]
        if test is None or test["p_value"] >= FIRM:
            weak.append(f"{_name(found)} (p {'not defined' if test is None else p_value(test['p_value'])})")
    begin = "The intervals do not allow for training on other articles; the corrected t-test does."
    if not weak:
        which = "each of these differences" if len(ordered) > 1 else "this difference"
        return f"{begin} By it, p < .05 for {which} in macro-F1{_for_many(ordered)}."
    return f"{begin} By it, no difference in macro-F1 can be shown at p < .05 from {first_of(weak)}."


def _for_many(ordered: Sequence[Mapping[str, Any]]) -> str:
    """Say whether that holds when as many tests as there are baselines are allowed for (Bonferroni)."""
    tests, largest = len(ordered), max(_against(found)["corrected_resampled_t"]["p_value"] for found in ordered)
    if tests == 1:
        return ""
    held = "also" if tests * largest < FIRM else "but not"
    return f", {held} where each p is multiplied by the number of baselines, {tests} (Bonferroni)"


def _name(found: Mapping[str, Any]) -> str:
    return f"'{named(found['title'])}'"


def _against(found: Mapping[str, Any], key: str = "macro_f1") -> Mapping[str, Any]:
    against: Mapping[str, Any] = found["model_less_baseline"][key]
    return against


def _difference(found: Mapping[str, Any]) -> Mapping[str, Any]:
    difference: Mapping[str, Any] = _against(found)["difference"]
    return difference


def _figures(evaluation: Mapping[str, Any], ordered: Sequence[Mapping[str, Any]], *, frames: bool) -> Iterator[Block]:
    asked = {key: name for key, name in FIGURES.items() if frames or key != "macro_f1_frames"}
    lines = [("The model", evaluation["metrics"]), *((named(found["title"]), found["metrics"]) for found in ordered)]
    rows = [
        (title, *(figure(metrics[key]) if key in metrics else "no probabilities" for key in asked))
        for title, metrics in lines
    ]
    yield from bounded("The model and the baselines, the best first", ("Recipe", *asked.values()), rows)
    yield Text(
        "The interval of a calibration error lies too high, and may lie wholly above its figure: each draw adds chance "
        "error to the bins. Boilerplate, where there is any, gets the residual by rule in every row."
        if frames
        else "The interval of a calibration error lies too high, and may lie wholly above its figure: each draw adds "
        "chance error to the bins."
    )


def _differences(ordered: Sequence[Mapping[str, Any]]) -> Iterator[Block]:
    yield Heading("Paired differences")
    columns = (
        "Baseline",
        "Model less baseline",
        "Mean over folds",
        "t",
        "Degrees of freedom",
        "p, corrected t",
        "p, randomisation",
    )
    for key, name in (("macro_f1", "macro-F1"), ("accuracy", "accuracy")):
        rows = [(named(found["title"]), *_tested(_against(found, key))) for found in ordered]
        yield from bounded(f"Differences in {name} on the same folds and paragraphs", columns, rows)
    yield Text(
        "Model less baseline: over all test paragraphs of a repeat together, the mean over the repeats, with a 95% "
        "bootstrap interval over articles; it holds for the models as they were trained. Mean over folds: the mean of "
        "the single folds' differences, which is another figure, with the 95% interval of the corrected resampled "
        "t-test (Nadeau and Bengio 2003; over repeated folds, Bouckaert and Frank 2004), which widens the variance "
        "because the training parts overlap. Randomisation: whole articles, with all their repeats, swapped between "
        "the two at random (Yeh 2000); the order as it is counts as one round, so that p is never 0. All p are "
        "two-sided, and none in these tables is corrected for the number of baselines."
    )


def _tested(against: Mapping[str, Any]) -> tuple[str, ...]:
    test = against["corrected_resampled_t"]
    if test is None:
        of_folds = (UNDEFINED,) * 4
    else:
        mean = figure({"value": test["difference"], "low": test["low"], "high": test["high"]}, signed=True)
        of_folds = (mean, number(test["statistic"], 2), str(test["degrees_of_freedom"]), p_value(test["p_value"]))
    return (figure(against["difference"], signed=True), *of_folds, p_value(against["randomisation_p"]))


def _descriptions(baselines: Mapping[str, Any]) -> Iterator[Block]:
    if not baselines:
        return
    yield Heading("What each baseline is")
    rows = [(named(found["title"]), clipped(found["description"])) for found in baselines.values()]
    yield from bounded("Baselines", ("Baseline", "What it does"), rows, words=2)
    for found in baselines.values():
        if "metrics" not in found:
            yield Text(
                f"{named(found['title'])} was skipped: "
                f"{clipped(found.get('note') or 'no reason is told').rstrip('.')}.",
                "caution",
            )

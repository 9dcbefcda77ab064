from __future__ import annotations

from collections.abc import Callable

import pytest

from framing.evaluation.wording import decimals, interval
from framing.report.baselines_section import baselines_section
from framing.report.document import ReportSource, Section, Table


@pytest.mark.parametrize("name", ["default_source", "headlines_source", "bare_source", "undefined_source"])
def test_every_kind_of_evaluation_gives_a_section(
    name: str, request: pytest.FixtureRequest, check_blocks: Callable[[Section], None]
) -> None:
    check_blocks(baselines_section(request.getfixturevalue(name)))


def test_bad_names_stay_plain_text(hostile_source: ReportSource, check_blocks: Callable[[Section], None]) -> None:
    check_blocks(baselines_section(hostile_source))


def _with_differences(source: ReportSource, *intervals: tuple[float | None, float | None]) -> ReportSource:
    """Give the first baselines measured such intervals of their differences, and take the others out."""
    baselines = source.evaluation["baselines"]
    run = [name for name, found in baselines.items() if "metrics" in found]
    for name in run[len(intervals) :]:
        del baselines[name]
    for name, (low, high) in zip(run, intervals, strict=False):
        baselines[name]["model_less_baseline"]["macro_f1"]["difference"] = {"value": 0.0, "low": low, "high": high}
    return source


def test_all_are_beaten_only_where_every_interval_lies_above_zero(
    default_source: ReportSource, changed: Callable[..., ReportSource], words: Callable[[Section], str]
) -> None:
    run = [found for found in default_source.evaluation["baselines"].values() if "metrics" in found]
    assert f"a higher macro-F1 than each of the {len(run)} baselines measured" in words(
        baselines_section(default_source)
    )
    mixed = _with_differences(changed(), (0.1, 0.2), (-0.1, 0.2), (-0.2, -0.1), (None, None), (0.0004, 0.2))
    told = words(baselines_section(mixed))
    assert "than each of" not in told
    titles = [found["title"] for found in mixed.evaluation["baselines"].values() if "metrics" in found]
    lines = {
        "The model has a higher macro-F1": [titles[0]],
        "No difference in macro-F1 can be shown, the interval": [titles[1], titles[4]],
        "The model has a lower macro-F1": [titles[2]],
        "The difference in macro-F1 has no interval": [titles[3]],
    }
    for begin, named in lines.items():
        [line] = [line for line in told.split("\n") if line.startswith(begin)]
        assert {title for title in titles if f"'{title}'" in line} == set(named)


def test_the_corrected_test_is_told_where_it_shows_nothing(
    headlines_source: ReportSource, words: Callable[[Section], str]
) -> None:
    told = words(baselines_section(headlines_source))
    weak = {
        found["title"]: test["p_value"]
        for found in headlines_source.evaluation["baselines"].values()
        if "metrics" in found
        and (test := found["model_less_baseline"]["macro_f1"]["corrected_resampled_t"])["p_value"] >= 0.05
    }
    assert weak
    for title, p_value in weak.items():
        assert f"no difference in macro-F1 can be shown at p < .05 from '{title}' (p {decimals(p_value)})" in told


def test_the_best_comes_first_and_the_figures_are_those_of_the_evaluation(
    default_source: ReportSource, tables: Callable[[Section], dict[str, Table]], words: Callable[[Section], str]
) -> None:
    section, found = baselines_section(default_source), default_source.evaluation["baselines"]
    run = [one for one in found.values() if "metrics" in one]
    best = max(run, key=lambda one: one["metrics"]["macro_f1"]["value"])
    rows = tables(section)["The model and the baselines, the best first"].rows
    assert rows[0][:2] == ("The model", interval(default_source.evaluation["metrics"]["macro_f1"]))
    assert rows[1][:2] == (best["title"], interval(best["metrics"]["macro_f1"]))
    assert len(rows) == len(run) + 1
    against = best["model_less_baseline"]["macro_f1"]
    test = against["corrected_resampled_t"]
    row = tables(section)["Differences in macro-F1 on the same folds and paragraphs"].rows[0]
    assert row[1] == interval(against["difference"], signed=True)
    assert row[2].startswith(decimals(test["difference"], signed=True))
    assert row[3:5] == (decimals(test["statistic"], 2), str(test["degrees_of_freedom"]))
    assert f"less its is {interval(against['difference'], signed=True)}" in words(section)


def test_what_was_skipped_is_said_with_its_reason(
    default_source: ReportSource, changed: Callable[..., ReportSource], words: Callable[[Section], str]
) -> None:
    source = changed()
    for found in source.evaluation["baselines"].values():
        if found["title"] == "NB-SVM":
            found.pop("metrics")
            found["note"] = "the disk is full"
    skipped = sum("metrics" not in found for found in source.evaluation["baselines"].values())
    told = words(baselines_section(source))
    assert f"{skipped} more baselines were not run" in told if skipped > 1 else "1 more baseline was not run" in told
    assert "NB-SVM was skipped: the disk is full." in told


def test_the_majority_alone_is_no_study_of_baselines(
    default_source: ReportSource, changed: Callable[..., ReportSource], words: Callable[[Section], str]
) -> None:
    majority = {"majority": default_source.evaluation["baselines"]["majority"]}
    source = changed(baselines=majority)
    source.evaluation["protocol"]["studies"].remove("baselines")
    told = words(baselines_section(source))
    assert "Not measured: baselines that learn" in told
    assert "The best baseline by macro-F1 is 'Most frequent label'" in told


def test_what_the_model_has_before_the_baselines_is_said(
    default_source: ReportSource, headlines_source: ReportSource, words: Callable[[Section], str]
) -> None:
    told = words(baselines_section(default_source))
    alone = default_source.evaluation["in_use"]["short_articles"]["lengths"]["1"]["metrics"]["macro_f1"]
    assert f"the model has macro-F1 {interval(alone)}" in told
    assert "reads a paragraph in its article" in told
    assert "No language model, fine-tuned or prompted" in told
    # Texts that stand alone have no article to read them in.
    assert "in its article, as the model does" not in words(baselines_section(headlines_source))


@pytest.mark.parametrize(("p_value", "held"), [(0.001, "also where"), (0.04, "but not where")])
def test_many_comparisons_are_allowed_for(
    p_value: float, held: str, changed: Callable[..., ReportSource], words: Callable[[Section], str]
) -> None:
    source = changed()
    for found in source.evaluation["baselines"].values():
        if "metrics" in found:
            found["model_less_baseline"]["macro_f1"]["corrected_resampled_t"]["p_value"] = p_value
    assert f"{held} each p is multiplied by the number of baselines" in words(baselines_section(source))

from __future__ import annotations

from collections.abc import Callable

import pytest

from framing.evaluation.wording import decimals, interval
from framing.report.document import ReportSource, Section, Table
from framing.report.results_section import results_section


@pytest.mark.parametrize("name", ["default_source", "headlines_source", "bare_source", "undefined_source"])
def test_every_kind_of_evaluation_gives_a_section(
    name: str, request: pytest.FixtureRequest, check_blocks: Callable[[Section], None]
) -> None:
    check_blocks(results_section(request.getfixturevalue(name)))


def test_bad_names_stay_plain_text(hostile_source: ReportSource, check_blocks: Callable[[Section], None]) -> None:
    check_blocks(results_section(hostile_source))


def test_the_main_figures_are_those_of_the_evaluation(
    default_source: ReportSource, words: Callable[[Section], str], tables: Callable[[Section], dict[str, Table]]
) -> None:
    section, found = results_section(default_source), default_source.evaluation
    table = tables(section)["Main figures"]
    assert table.columns[1:] == (
        f"All paragraphs with gold ({found['protocol']['with_gold']:,})",
        f"Those whose gold is a frame ({found['paragraphs_with_a_frame']['paragraphs']:,})",
        f"Without boilerplate ({found['without_boilerplate']['paragraphs']:,})",
    )
    rows = {row[0]: row[1:] for row in table.rows}
    parts = (found["metrics"], found["paragraphs_with_a_frame"]["metrics"], found["without_boilerplate"]["metrics"])
    for name, key in (("Accuracy", "accuracy"), ("Macro-F1, frames only", "macro_f1_frames")):
        assert rows[name] == tuple(interval(of[key]) for of in parts)
    assert rows["Macro-F1, all labels"][1] == "not given"
    assert rows["Log loss"] == (interval(parts[0]["log_loss"]), interval(parts[1]["log_loss"]), "not given")
    assert f"{interval(found['metrics']['accuracy'])} get the gold label, in the mean over 3 repeats" in words(section)
    defined = {row[0] for row in tables(section)["What the figures are"].rows}
    assert defined == set(rows)


def test_without_a_residual_figures_of_frames_are_not_said_twice(
    headlines_source: ReportSource, tables: Callable[[Section], dict[str, Table]], words: Callable[[Section], str]
) -> None:
    section = results_section(headlines_source)
    table = tables(section)["Main figures"]
    assert len(table.columns) == 2
    assert not [row for row in table.rows if "frames only" in row[0]]
    assert "mean over" not in words(section)


def test_the_largest_confusions_are_named_by_their_number(
    default_source: ReportSource, words: Callable[[Section], str]
) -> None:
    found, codebook = default_source.evaluation["confusion"], default_source.artifact.codebook
    cells, labels = found["mean_over_repeats"], found["labels"]
    pairs = [(cells[row][column], row, column) for row in range(5) for column in range(5) if row != column]
    told = [line for line in words(results_section(default_source)).split("\n") if " taken for " in line]
    wrong = sum(number for number, _, _ in pairs)
    assert len(told) == 3
    for line, (number, row, column) in zip(told, sorted(pairs, reverse=True), strict=False):
        assert line.startswith(f"'{codebook.title(labels[row])}' taken for '{codebook.title(labels[column])}':")
        assert f"({100 * number / sum(cells[row]):.1f}%), which is {100 * number / wrong:.1f}% of all errors" in line
    assert f"{wrong:,.1f} paragraphs are given another label" in words(results_section(default_source))


def test_a_model_without_errors_is_said_to_have_none(
    changed: Callable[..., ReportSource], words: Callable[[Section], str]
) -> None:
    source = changed()
    cells = source.evaluation["confusion"]["mean_over_repeats"]
    for row, numbers in enumerate(cells):
        cells[row] = [number if column == row else 0.0 for column, number in enumerate(numbers)]
    told = words(results_section(source))
    assert "No paragraph is given a label that is not its gold." in told
    assert "taken for" not in told


def test_the_weakest_label_and_the_labels_mostly_missed_are_named(
    default_source: ReportSource, headlines_source: ReportSource, words: Callable[[Section], str]
) -> None:
    for source in (default_source, headlines_source):
        found, codebook = source.evaluation["per_frame"], source.artifact.codebook
        worst = min(codebook.labels, key=lambda label: found[label]["f1"]["value"])
        told = words(results_section(source))
        assert f"The lowest F1 is that of '{codebook.title(worst)}', {interval(found[worst]['f1'])}" in told
        missed = [f"'{codebook.title(label)}'" for label in codebook.labels if found[label]["recall"]["value"] < 0.5]
        assert f"for {' and '.join(missed)}." in told


def test_every_fold_is_shown_with_what_it_chose(
    default_source: ReportSource, tables: Callable[[Section], dict[str, Table]]
) -> None:
    table = tables(results_section(default_source))[
        "Every fold: paragraphs with gold, figures, and what its inner folds chose"
    ]
    folds = default_source.evaluation["folds"]
    assert len(table.rows) == len(folds)
    place = table.columns.index("C")
    for row, fold in zip(table.rows, folds, strict=True):
        assert row[:4] == (str(fold["repeat"] + 1), str(fold["fold"] + 1), f"{fold['train']:,}", f"{fold['test']:,}")
        assert row[5] == decimals(fold["macro_f1"])
        assert row[place] == f"{fold['C']:g}"


def test_figures_are_among_the_blocks(default_source: ReportSource, figures: Callable[[Section], list[str]]) -> None:
    assert len(figures(results_section(default_source))) == 3


def test_the_error_matrix_is_no_licence_to_count(
    default_source: ReportSource, headlines_source: ReportSource, words: Callable[[Section], str]
) -> None:
    for source in (default_source, headlines_source):
        told = words(results_section(source))
        assert "put into a regression" in told
        assert "evaluation.json under 'confusion'" in told


def test_boilerplate_is_not_said_to_get_the_most_frequent_label(
    default_source: ReportSource, headlines_source: ReportSource, words: Callable[[Section], str]
) -> None:
    assert "Giving all but boilerplate the label most frequent" in words(results_section(default_source))
    assert "Giving each the label most frequent" in words(results_section(headlines_source))


def test_one_repeat_is_not_said_to_test_a_paragraph_twice(
    default_source: ReportSource, headlines_source: ReportSource, words: Callable[[Section], str]
) -> None:
    assert "folds of different repeats" in words(results_section(default_source))
    assert "folds of different repeats" not in words(results_section(headlines_source))

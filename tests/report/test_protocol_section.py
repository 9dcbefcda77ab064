from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from framing.evaluation.wording import interval
from framing.report.document import ReportSource, Section, Table, Text
from framing.report.protocol_section import protocol_section


@pytest.mark.parametrize("name", ["default_source", "headlines_source", "bare_source", "undefined_source"])
def test_every_kind_of_evaluation_gives_a_section(
    name: str, request: pytest.FixtureRequest, check_blocks: Callable[[Section], None]
) -> None:
    check_blocks(protocol_section(request.getfixturevalue(name)))


def test_bad_names_stay_plain_text(hostile_source: ReportSource, check_blocks: Callable[[Section], None]) -> None:
    check_blocks(protocol_section(hostile_source))


def test_the_question_is_answered_by_what_was_counted(
    default_source: ReportSource, headlines_source: ReportSource, words: Callable[[Section], str]
) -> None:
    own = protocol_section(default_source).blocks[0]
    assert isinstance(own, Text)
    assert own.text.startswith("No. In none of the 3 times")
    published = protocol_section(headlines_source)
    found = headlines_source.evaluation["copies_in_training"]
    assert isinstance(published.blocks[0], Text)
    assert published.blocks[0].text.startswith(f"Yes, of {100 * found['share_whose_article_also_trains']:.1f}%")
    assert f"{found['paragraphs']:.0f} test paragraphs had a copy" in published.blocks[0].text
    assert f"accuracy {interval(found['without_them']['accuracy'])}" in words(published)


def test_the_folds_are_told_in_numbers(default_source: ReportSource, words: Callable[[Section], str]) -> None:
    told, protocol = words(protocol_section(default_source)), default_source.evaluation["protocol"]
    folds = default_source.evaluation["folds"]
    assert "dealt out to 5 folds, 3 times and each time anew: 15 test parts" in told
    train, test = [fold["train"] for fold in folds], [fold["test"] for fold in folds]
    assert f"A training part has {min(train):,} to {max(train):,} paragraphs" in told
    assert f"a test part {min(test):,} to {max(test):,} with gold" in told
    assert f"Seed: {protocol['seed']}." in told
    assert f"{protocol['articles']} articles make {protocol['groups']} groups" in told
    assert "of .50 or more: 0 pairs found" in told
    assert "49 paragraphs of 2,422 (2.0%) are boilerplate" in told
    assert protocol["interval"] in told


def test_published_folds_are_said_to_be_such(headlines_source: ReportSource, words: Callable[[Section], str]) -> None:
    told = words(protocol_section(headlines_source))
    assert "The 5 folds came with the data and are used as they are, once." in told
    assert "The published folds part 4 pairs of copies or near-copies" in told
    assert "dealt out" not in told
    assert "is never divided between folds" not in told


def test_what_was_chosen_is_counted_over_the_folds(
    default_source: ReportSource, tables: Callable[[Section], dict[str, Table]], cautions: Callable[[Section], str]
) -> None:
    section, folds = protocol_section(default_source), default_source.evaluation["folds"]
    shipped = default_source.artifact.manifest["chosen"]
    rows = {row[0]: row[1:] for row in tables(section)["What the inner folds chose"].rows}
    chosen = Counter(fold["C"] for fold in folds)
    times = ", ".join(f"{value:g} in {chosen[value]}" for value in sorted(chosen))
    assert rows["Inverse strength of the penalty, C"] == ("0.5, 1, 2", times, f"{shipped['C']:g}")
    pieces = Counter(fold["pieces"] for fold in folds)
    assert rows["Words outside the table from their pieces"][1] == f"no in {pieces[False]}, yes in {pieces[True]}"
    at_the_end = sum(fold["emission"] == 3 for fold in folds)
    assert f"Weight of a paragraph against its neighbours, the largest, 3, in {at_the_end} of 15" in cautions(section)
    [ends] = [line for line in cautions(section).split("\n") if line.startswith("At an end")]
    in_folds, _, in_the_model = ends.partition("in the model itself, ")
    assert "penalty" not in in_folds
    assert f"Inverse strength of the penalty, C ({shipped['C']:g})" in in_the_model
    assert "pieces" not in in_the_model


def test_folds_without_choices_are_said_to_have_none(
    default_source: ReportSource, changed: Callable[..., ReportSource], words: Callable[[Section], str]
) -> None:
    kept = ("repeat", "fold", "train", "test", "accuracy", "macro_f1", "macro_f1_frames")
    folds = [{key: fold[key] for key in kept} for fold in default_source.evaluation["folds"]]
    assert "Nothing was chosen" in words(protocol_section(changed(folds=folds)))


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (0.01, 0.1, "Random folds show a higher macro-F1, by +.050 [+.010, +.100]"),
        (-0.01, 0.1, "No gap in macro-F1 can be shown: +.050 [-.010, +.100]"),
        (0.0004, 0.1, "No gap in macro-F1 can be shown: +.050 [+.000, +.100]"),
        (-0.2, -0.1, "Random folds show a lower macro-F1"),
        (None, None, "has no interval to judge it by"),
    ],
)
def test_a_gap_is_told_only_where_its_interval_shows_one(
    low: float | None,
    high: float | None,
    told: str,
    default_source: ReportSource,
    changed: Callable[..., ReportSource],
    words: Callable[[Section], str],
) -> None:
    source = changed()
    source.evaluation["leakage"]["gap"]["macro_f1"] = {"value": 0.05, "low": low, "high": high}
    assert told in words(protocol_section(source))


def test_soft_targets_and_gold_are_told_apart(
    default_source: ReportSource, changed: Callable[..., ReportSource], words: Callable[[Section], str]
) -> None:
    assert "Learnt: the shares of the coders' labels" in words(protocol_section(default_source))
    source = changed()
    source.evaluation["protocol"]["experiment"]["classifier"] |= {"targets": "gold", "class_weight": "none"}
    told = words(protocol_section(source))
    assert "Learnt: the gold label alone." in told
    assert "rare labels weigh less" in told


def test_a_leakage_that_was_not_measured_is_said_to_be_so(
    bare_source: ReportSource, headlines_source: ReportSource, words: Callable[[Section], str]
) -> None:
    assert "'leakage' is not among its studies" in words(protocol_section(bare_source))
    assert headlines_source.evaluation["leakage"]["note"] in words(protocol_section(headlines_source))


def test_what_no_fold_protects_from_is_said(
    default_source: ReportSource,
    headlines_source: ReportSource,
    words: Callable[[Section], str],
    cautions: Callable[[Section], str],
) -> None:
    ours, others = protocol_section(default_source), protocol_section(headlines_source)
    assert "Folds go by no date: a text may be tested by a model that learnt from later ones. The newest" in words(ours)
    assert "Whether the folds go by date is not told" in words(others)
    assert "The newest" not in words(others)
    for section in (ours, others):
        assert "No labels were held back." in cautions(section)

from __future__ import annotations

from collections.abc import Callable

import pytest

from framing.evaluation.wording import decimals, interval
from framing.report.behaviour_section import behaviour_section
from framing.report.document import Passages, ReportSource, Section, Table


@pytest.mark.parametrize("name", ["default_source", "headlines_source", "bare_source", "undefined_source"])
def test_every_kind_of_evaluation_gives_a_section(
    name: str, request: pytest.FixtureRequest, check_blocks: Callable[[Section], None]
) -> None:
    check_blocks(behaviour_section(request.getfixturevalue(name)))


def test_bad_names_stay_plain_text(hostile_source: ReportSource, check_blocks: Callable[[Section], None]) -> None:
    check_blocks(behaviour_section(hostile_source))


def test_the_worst_change_is_named_with_its_figures(
    default_source: ReportSource, words: Callable[[Section], str], tables: Callable[[Section], dict[str, Table]]
) -> None:
    section, tests = behaviour_section(default_source), default_source.evaluation["behaviour"]["invariance"]
    worst = max(tests, key=lambda test: test["flipped"]["value"])
    assert (
        f"Of {len(tests)} changes, '{worst['name']}' flips most labels: {interval(worst['flipped'])} of "
        f"{worst['changed']:,} paragraphs that it changed. There, {worst['became_wrong']} of {worst['right_before']} "
        f"right labels became wrong, and {worst['became_right']} wrong ones right."
    ) in words(section)
    rows = tables(section)[
        "Each paragraph is judged as it is and changed, by a model that did not learn from its fold"
    ].rows
    for row, test in zip(rows, tests, strict=True):
        assert row == (
            test["name"], f"{test['changed']:,}", interval(test["flipped"]), f"{test['right_before']:,}",
            f"{test['became_wrong']:,}", f"{test['became_right']:,}",
        )  # fmt: skip


def test_pairs_that_most_models_get_wrong_are_named(
    default_source: ReportSource, words: Callable[[Section], str], tables: Callable[[Section], dict[str, Table]]
) -> None:
    section, found = behaviour_section(default_source), default_source.evaluation["behaviour"]["directional"]
    failed = [
        pair["name"] for pair in found["each"] if sum(sides != pair["frames"] for sides in pair["predicted"]) > 2.5
    ]
    assert f"{len(failed)} pairs of {found['pairs']} are wrong on one side or both" in words(section)
    rows = tables(section)["Pairs that most models get wrong, the worst first"].rows
    assert {row[0] for row in rows} <= set(failed)
    assert len(rows) == min(25, len(failed))
    assert rows[0][-1] == "5 of 5"
    change = found["should_change"]
    pairs = tables(section)["Pairs"].rows
    assert pairs[0][1:3] == (str(change["pairs"]), f"stayed {interval(change['stayed'])}")
    assert f"{decimals(change['stayed']['lowest_model'])} to" in pairs[0][3]


def test_examples_show_both_texts_of_our_own_only(
    default_source: ReportSource, changed: Callable[..., ReportSource]
) -> None:
    [shown, *_] = [block for block in behaviour_section(default_source).blocks if isinstance(block, Passages)]
    examples = {one["paragraph"]: one for one in default_source.evaluation["behaviour"]["invariance"][0]["examples"]}
    for passage in shown.passages:
        example = examples[passage.identifier]
        assert passage.text == " ".join(example["changed_text"].split())
        assert (passage.gold, passage.predicted) == (example["gold"], example["after"])
        assert " ".join(example["text"].split()) in passage.note
        assert example["before"] == example["gold"]
    source = changed()
    for example in source.evaluation["behaviour"]["invariance"][0]["examples"]:
        del example["text"], example["changed_text"]
        example |= {"paragraph": 17, "gold": None}
    [others, *_] = [block for block in behaviour_section(source).blocks if isinstance(block, Passages)]
    assert {(one.identifier, one.text, one.gold) for one in others.passages} == {("17", "", "no gold")}
    assert all(one.note.endswith("The text is not ours to show.") for one in others.passages)


def test_files_with_one_kind_of_test_only(
    changed: Callable[..., ReportSource], words: Callable[[Section], str]
) -> None:
    source = changed()
    tests = source.evaluation["behaviour"]
    source.evaluation["behaviour"] = tests | {"directional": {"pairs": 0}}
    assert "There are no such tests." in words(behaviour_section(source))
    source.evaluation["behaviour"] = tests | {"invariance": []}
    assert "There are no such tests." in words(behaviour_section(source))


def test_why_nothing_was_measured(
    headlines_source: ReportSource, default_source: ReportSource, changed: Callable[..., ReportSource],
    words: Callable[[Section], str],
) -> None:  # fmt: skip
    assert "the experiment names no file of behaviour tests" in words(behaviour_section(headlines_source))
    assert "the evaluation holds nothing of it" in words(behaviour_section(changed(behaviour=None)))

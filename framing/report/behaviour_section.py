"""What the model does when a text is changed in one respect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from framing.codebook import Codebook
from framing.report.document import Block, Heading, Passage, Passages, ReportSource, Section, Table, Text
from framing.report.phrases import (
    MOST_COLUMNS,
    MOST_ROWS,
    bounded,
    clipped,
    count,
    counted,
    figure,
    named,
    not_asked_for,
    not_measured,
    number,
    share,
    table,
    title_of,
)

TITLE = "Behaviour"
QUESTION = "Does the label hold when it should, and change when it should?"

MOST_EXAMPLES = 2
MOST_TESTS = 12


def behaviour_section(source: ReportSource) -> Section:
    evaluation = source.evaluation
    found = evaluation.get("behaviour")
    blocks: list[Block]
    if not found:
        file = evaluation["protocol"]["experiment"]["evaluation"].get("behaviour")
        why = (
            "the experiment names no file of behaviour tests"
            if file is None
            else not_asked_for(evaluation, "behaviour")
        )
        blocks = [not_measured("behaviour when texts are changed", why)]
    else:
        from framing.report.interval_figures import behaviour_figure

        drawn = behaviour_figure(source)
        blocks = [
            Text(
                "Tests in the manner of CheckList (Ribeiro et al. 2020), of the models of the first repeat's outer "
                "folds, and of paragraphs read alone, without their article: other figures of this report are of "
                "paragraphs read in it."
            ),
            *([] if drawn is None else [drawn]),
            *_invariance(found["invariance"], source.artifact.codebook),
            *_pairs(found["directional"], source.artifact.codebook),
        ]
    return Section("behaviour", TITLE, QUESTION, tuple(blocks))


def _invariance(tests: Sequence[Mapping[str, Any]], codebook: Codebook) -> Iterator[Block]:
    yield Heading("Changed in what is no part of the frame: the label should stay")
    if not tests:
        yield Text("There are no such tests.")
        return
    told = [test for test in tests if test["flipped"]["value"] is not None]
    if told:
        worst = max(told, key=lambda test: test["flipped"]["value"])
        yield Text(
            f"Of {counted(len(told), 'change')}, '{named(worst['name'])}' flips most labels: "
            f"{figure(worst['flipped'])} of {counted(worst['changed'], 'paragraph')} that it changed. There, "
            f"{count(worst['became_wrong'])} of {count(worst['right_before'])} right labels became wrong, and "
            f"{count(worst['became_right'])} wrong ones right."
        )
    rows = [
        (
            named(test["name"]),
            count(test["changed"]),
            figure(test["flipped"]),
            count(test["right_before"]),
            count(test["became_wrong"]),
            count(test["became_right"]),
        )
        for test in tests
    ]
    columns = ("Change", "Paragraphs changed", "Labels flipped", "Right before", "Became wrong", "Became right")
    yield from bounded(
        "Each paragraph is judged as it is and changed, by a model that did not learn from its fold", columns, rows
    )
    if len(codebook.labels) <= MOST_COLUMNS:
        yield _flips_by_label(tests, codebook)
    for test in tests[:MOST_TESTS]:
        yield from _examples(test, codebook)


def _flips_by_label(tests: Sequence[Mapping[str, Any]], codebook: Codebook) -> Table:
    rows = [
        (named(test["name"]), *(_of_label(test["by_frame"].get(label)) for label in codebook.labels))
        for test in tests[:MOST_ROWS]
    ]
    columns = ("Change", *(title_of(codebook, label) for label in codebook.labels))
    return table("Labels flipped, by gold label; in brackets the paragraphs changed", columns, rows)


def _of_label(found: Mapping[str, Any] | None) -> str:
    if found is None or found["flipped"]["value"] is None:
        return "none changed"
    return f"{number(found['flipped']['value'])} ({count(found['changed'])})"


def _examples(test: Mapping[str, Any], codebook: Codebook) -> Iterator[Block]:
    """Show flips that made a right label wrong first."""
    examples = sorted(test["examples"], key=lambda one: one["before"] != one["gold"])[:MOST_EXAMPLES]
    if examples:
        passages = tuple(
            Passage(
                identifier=named(one["paragraph"]),
                text=clipped(one.get("changed_text", "")),
                gold=one["gold"] or "no gold",
                predicted=one["after"],
                probability=None,
                note=_before(one, codebook),
            )
            for one in examples
        )
        rule = (
            f"{len(examples)} of the labels that flipped, those that were right before first, of a list of at most ten "
            "that the evaluation keeps, spread evenly over the paragraphs."
        )
        yield Passages(f"Flipped: {named(test['name'])}", rule, passages)


def _before(example: Mapping[str, Any], codebook: Codebook) -> str:
    told = f"As it stands in the data it was labelled {title_of(codebook, example['before'])}"
    return f"{told}: {clipped(example['text'])}" if example.get("text") else f"{told}. The text is not ours to show."


def _pairs(found: Mapping[str, Any], codebook: Codebook) -> Iterator[Block]:
    yield Heading("Pairs of paragraphs that differ in one respect")
    if not found["pairs"]:
        yield Text("There are no such tests.")
        return
    models = found["models"]
    yield Text(
        f"{counted(found['pairs'], 'pair')} of paragraphs were written for the purpose and coded by the codebook, "
        "one label each: by whom is not told, and no agreement is measured. "
        f"All {models} models judge each; the figures are means over the models, the intervals from draws of pairs."
    )
    rows = []
    for key, name, wrong in (("should_change", "should change", "stayed"), ("should_stay", "should stay", "flipped")):
        if key in found:
            of = found[key]
            rows.append(
                (f"Label {name}", count(of["pairs"]), f"{wrong} {figure(of[wrong])}", _models(of[wrong]),
                 figure(of["right_on_both_sides"]), _models(of["right_on_both_sides"]))
            )  # fmt: skip
    yield table(
        "Pairs",
        ("Pairs whose", "Pairs", "Wrongly", "Wrongly, single models", "Right on both sides", "Right, single models"),
        rows,
    )
    of_labels = [
        (
            title_of(codebook, label),
            count(found["by_frame"][label]["texts"]),
            share(found["by_frame"][label]["right"], 1),
        )
        for label in codebook.labels
        if label in found["by_frame"]
    ]
    yield from bounded(
        "Paragraphs of the pairs by coded label", ("Label", "Paragraphs", "Right, mean over models"), of_labels
    )
    yield from _failures(found, codebook)


def _models(found: Mapping[str, Any]) -> str:
    return f"{number(found['lowest_model'])} to {number(found['highest_model'])}"


def _failures(found: Mapping[str, Any], codebook: Codebook) -> Iterator[Block]:
    failed = []
    for pair in found["each"]:
        wrong = sum(list(sides) != list(pair["frames"]) for sides in pair["predicted"])
        if wrong > len(pair["predicted"]) / 2:
            failed.append((wrong, pair))
    yield Text(
        f"{counted(len(failed), 'pair')} of {count(len(found['each']))} {'is' if len(failed) == 1 else 'are'} wrong on "
        "one side or both in more than half of the models."
    )
    rows = [
        (
            named(pair["name"]),
            named(pair["turned"]) if pair["turned"] else "not told",
            _sides(pair["frames"], codebook),
            _sides(Counter(map(tuple, pair["predicted"])).most_common(1)[0][0], codebook),
            f"{wrong} of {len(pair['predicted'])}",
        )
        for wrong, pair in sorted(failed, key=lambda entry: -entry[0])
    ]
    if rows:
        columns = ("Pair", "What is turned", "Coded", "Predicted most often", "Models wrong")
        yield from bounded("Pairs that most models get wrong, the worst first", columns, rows, words=4)


def _sides(labels: Any, codebook: Codebook) -> str:
    one, other = (title_of(codebook, label) for label in labels)
    return f"{one} → {other}"

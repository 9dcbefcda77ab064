"""How the model was tested: what it saw, what was chosen where, and what the intervals hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from framing.report.document import Block, Heading, ReportSource, Section, Table, Text
from framing.report.phrases import (
    clipped,
    count,
    counted,
    figure,
    listed,
    not_asked_for,
    not_measured,
    number,
    once,
    share,
    side_of_zero,
    table,
)

TITLE = "Protocol"
QUESTION = "Was anything of an article seen in training when it was tested?"

# What inner folds choose, in the order of the search, and where a fold lists what was tried of it.
CHOICES = {
    "C": ("Inverse strength of the penalty, C", "tried"),
    "smoothing": ("Smoothing over meaning, s²", "tried"),
    "article": ("Variance of the article's weights", "tried"),
    "weighting": ("Weighting of terms", "tried"),
    "pieces": ("Words outside the table from their pieces", "tried"),
    "emission": ("Weight of a paragraph against its neighbours", "tried_emissions"),
    "source_weight": ("Weight of the kind of source, where known", "tried_source_weights"),
}
METRICS = {"log_loss": "log loss", "macro_f1": "macro-F1", "accuracy": "accuracy"}


def protocol_section(source: ReportSource) -> Section:
    evaluation = source.evaluation
    blocks = (
        *_splits(evaluation),
        *_copies(evaluation),
        *_choosing(evaluation, source.artifact.manifest.get("chosen")),
        *_learning(evaluation),
        *_intervals(evaluation),
        *_leakage(evaluation),
    )
    return Section("protocol", TITLE, QUESTION, blocks)


def _splits(evaluation: Mapping[str, Any]) -> Iterator[Block]:
    protocol, folds = evaluation["protocol"], evaluation["folds"]
    alone = protocol["articles"] == protocol["paragraphs"]
    units = f"{counted(protocol['articles'], 'text')}, each by itself" if alone else (
        f"{counted(protocol['paragraphs'], 'paragraph')} of {counted(protocol['articles'], 'article')}"
    )  # fmt: skip
    yield Text(_seen(evaluation))
    if protocol["published_folds"]:
        yield Text(
            f"{units}. The {protocol['folds']} folds came with the data and are used as they are, "
            f"{once(protocol['repeats'])}. Each is tested in turn by a model that was trained on the others."
        )
    else:
        yield Text(
            f"{units}. They are dealt out to {protocol['folds']} folds, {once(protocol['repeats'])} and each time "
            f"anew: {len(folds)} test parts. Each is tested by a model that was trained on the other folds of its "
            f"repeat, so that every paragraph is tested {once(protocol['repeats'])}. Folds are dealt so that each gets "
            "its share of every label (iterative stratification, Sechidis, Tsoumakas and Vlahavas 2011, with groups "
            "of articles in the place of examples)."
        )
    sizes = {key: [fold[key] for fold in folds] for key in ("train", "test")}
    yield Text(
        f"A training part has {_span(sizes['train'])} paragraphs with gold that are no boilerplate, a test part "
        f"{_span(sizes['test'])} with gold to be tested on. Seed: {protocol['seed']}."
    )
    order = "Whether the folds go by date is not told" if protocol["published_folds"] else "Folds go by no date"
    newest = "metrics" in (evaluation.get("shift") or {}).get("year", {})
    yield Text(
        f"{order}: a text may be tested by a model that learnt from later ones."
        + (" The newest, judged by what older ones taught, stand under Shift, by year." if newest else "")
    )


def _seen(evaluation: Mapping[str, Any]) -> str:
    """Answer the section's question by what was counted."""
    protocol, copies = evaluation["protocol"], evaluation.get("copies_in_training")
    if copies is None:
        return "What of the tested articles stood in training was not counted."
    parted = copies["share_whose_article_also_trains"]
    if not parted and not copies["paragraphs"]:
        return (
            f"No. In none of the {once(protocol['repeats'])} that a paragraph was tested did training hold another "
            "paragraph of its article, or of an article that shares a near-duplicate with it."
            if protocol["repeats"] > 1
            else "No. When a paragraph was tested, training held no other paragraph of its article, or of an article "
            "that shares a near-duplicate with it."
        )
    return (
        f"Yes, of {share(parted, 1)} of the test paragraphs: other paragraphs of their article, or of an article that "
        f"shares a near-duplicate with it, stood in training. {counted(copies['paragraphs'], 'test paragraph')} had a "
        "copy or near-copy there."
    )


def _span(numbers: Sequence[int]) -> str:
    least, most = min(numbers), max(numbers)
    return count(least) if least == most else f"{count(least)} to {count(most)}"


def _copies(evaluation: Mapping[str, Any]) -> Iterator[Block]:
    protocol = evaluation["protocol"]
    pairs, parted = protocol["near_duplicate_pairs"], protocol["pairs_across_folds"]
    yield Text(
        "Near-duplicates are paragraphs of different articles whose sets of five-word runs have a resemblance "
        f"(Jaccard similarity; Broder 1997) of {number(protocol['near_duplicate'], 2)} or more: "
        f"{counted(pairs, 'pair')} found. Articles that share one count as one group: "
        f"{counted(protocol['articles'], 'article')} make {counted(protocol['groups'], 'group')}"
        + ("." if protocol["published_folds"] else ", and a group is never divided between folds.")
        + " Articles that tell one event in other words are not found in this way."
    )
    if parted:
        yield Text(
            f"The published folds part {counted(parted, 'pair')} of copies or near-copies: a leak of that size.",
            "caution",
        )
    copies = evaluation.get("copies_in_training")
    if copies and copies["paragraphs"]:
        without = copies.get("without_them")
        yield Text(
            f"Without what had a copy or near-copy in training: accuracy {figure(without['accuracy'])}, macro-F1 "
            f"{figure(without['macro_f1'])}; with it: {figure(evaluation['metrics']['accuracy'])} and "
            f"{figure(evaluation['metrics']['macro_f1'])}."
            if without
            else "Every test paragraph had a copy or near-copy in training, so there are no figures without them.",
            "caution",
        )
    if protocol["boilerplate"]:
        yield Text(
            f"{counted(protocol['boilerplate'], 'paragraph')} of {count(protocol['paragraphs'])} "
            f"({share(protocol['boilerplate'], protocol['paragraphs'])}) are boilerplate by the rules that cut texts "
            "into paragraphs. They get the residual without being scored, here as in use, and nothing is learnt from "
            "them. They count in the figures that rest on labels, and have no probabilities; the results stand "
            "without them, too."
        )


def _choosing(evaluation: Mapping[str, Any], shipped: Mapping[str, Any] | None) -> Iterator[Block]:
    protocol, folds = evaluation["protocol"], evaluation["folds"]
    yield Heading("What was chosen, and where")
    rows: list[tuple[str, ...]] = []
    ends: list[str] = []
    for key, (name, tried) in CHOICES.items():
        values = [fold[key] for fold in folds if fold.get(key) is not None]
        if not values:
            continue
        grid = _grid(folds, key, tried, values)
        chosen = Counter(values)
        times = ", ".join(f"{_value(value)} in {chosen[value]:,}" for value in grid if chosen[value])
        last = [] if shipped is None else [_value(shipped[key]) if shipped.get(key) is not None else "none"]
        rows.append((name, ", ".join(map(_value, grid)), times, *last))
        ends += _ends(name, grid, chosen, len(values))
    if not rows:
        yield Text("Nothing was chosen: the folds tell of no choice.")
        return
    yield Text(
        f"Within each training part, {protocol['inner_folds']} inner folds, by the same groups, chose by "
        f"{METRICS.get(protocol['tuning_metric'], protocol['tuning_metric'])}. The test part had no share in it. The "
        "search goes along one setting after the other and takes the best value of each; it does not try all "
        f"combinations. Over the {len(folds)} outer folds these values were tried and chosen. Temperatures, and the "
        "thresholds of the candidate sets where there are any, come from the same inner folds."
    )
    columns = ("Setting", "Tried", "Chosen, in so many outer folds", *([] if shipped is None else ["In the model"]))
    yield Table(columns, tuple(rows), (False,) * len(columns), "What the inner folds chose")
    if shipped is not None:
        yield Text(
            "The model itself was tuned and fitted in the same way on all labelled articles; the figures are those of "
            "the outer folds' models."
        )
        ends += _shipped_ends(rows)
    if ends:
        yield Text(f"At an end of what was tried: {'; '.join(ends)}. What lies beyond was not tried.", "caution")
    yield Text(
        "Which parts the recipe has was settled before, by trials on the armed-conflict labels that come with the "
        "program, by figures of their folds and of regions left out (its experiments/README.md). On those labels the "
        "figures, those of Shift too, may be better for it, by how much is not measured. No labels were held back.",
        "caution",
    )


def _grid(folds: Sequence[Mapping[str, Any]], key: str, tried: str, values: Sequence[Any]) -> list[Any]:
    found = {one[key] for fold in folds for one in fold.get(tried) or ()} | set(values)
    return sorted(found, key=lambda value: (isinstance(value, str), value))


def _ends(name: str, grid: Sequence[Any], chosen: Counter[Any], folds: int) -> Iterator[str]:
    """Say where the largest or the smallest number that was tried was chosen in more than half of the folds."""
    if len(grid) < 2 or any(isinstance(value, bool | str) for value in grid):
        return
    for end, what in ((grid[0], "smallest"), (grid[-1], "largest")):
        if chosen[end] > folds / 2:
            yield f"{name}, the {what}, {_value(end)}, in {chosen[end]:,} of {folds:,} outer folds"


def _shipped_ends(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Say of which settings the model itself has the smallest or the largest number tried."""
    numbers = [(name, tried.split(", "), shipped) for name, tried, _, shipped in rows if shipped[-1].isdigit()]
    ends = [f"{name} ({value})" for name, grid, value in numbers if len(grid) > 1 and value in (grid[0], grid[-1])]
    if ends:
        yield f"in the model itself, {listed(ends)}"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return clipped(value, 60) if isinstance(value, str) else f"{value:g}"


def _learning(evaluation: Mapping[str, Any]) -> Iterator[Block]:
    settings = evaluation["protocol"]["experiment"]
    yield Heading("What was learnt from, and what was tested against")
    of_others = settings["data"]["csv"] is not None
    if settings["classifier"]["targets"] != "coders":
        target = "the gold label alone"
    elif of_others:
        target = "the labels that the table gives a text, each in part where there are several"
    else:
        target = (
            "the shares of the coders' labels: a paragraph on which they differ teaches each of their labels in part"
        )
    gold = (
        "the label that the table gives, the first where there are several"
        if of_others
        else "an adjudicator's label where there is one; else the label of the only coder, or that on which at least "
        "two coders agree and that no other equals in votes"
    )
    yield Text(f"Learnt: {target}. Tested against: gold, which is {gold}.")
    yield Text(
        "In training, all labels weigh the same together, however rare they are."
        if settings["classifier"]["class_weight"] == "balanced"
        else "In training, every paragraph weighs the same, so that rare labels weigh less together."
    )


def _intervals(evaluation: Mapping[str, Any]) -> Iterator[Block]:
    protocol = evaluation["protocol"]
    means = (
        "There is one repeat, and each figure is computed once from the predictions of all its test parts together."
        if protocol["repeats"] == 1
        else "A figure is computed from the predictions of all test parts of one repeat together; told is the mean "
        f"over the {protocol['repeats']} repeats."
    )
    yield Heading("What the intervals hold")
    yield Text(f"{means} It is no mean over folds.")
    yield Text(
        f"In brackets: {clipped(protocol['interval'])}. {protocol['bootstrap']:,} draws of "
        f"{counted(protocol['groups'], 'group')}. A figure that is not defined in more than 5% of the draws has no "
        "interval. In them: which articles happened to be tested. Not in them: which articles happened to be trained "
        "on, who coded, and the choice of the texts. The corrected t-tests of the baselines allow for training on "
        "other articles."
    )


def _leakage(evaluation: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading("What folds that part articles would have shown")
    found = evaluation.get("leakage")
    if not found or "gap" not in found:
        why = (found or {}).get("note") or not_asked_for(evaluation, "leakage")
        yield not_measured("the gap between random folds and folds by article", why)
        return
    also = found["test_paragraphs_whose_article_also_trains"]
    yield Text(
        "The same recipe on folds of single paragraphs, as one would deal them who ignores articles: there, "
        f"{share(also['random_folds'], 1)} of the test paragraphs have others of their article in training; in folds "
        f"by article {share(also['grouped_folds'], 1)}. {_gap(found['gap']['macro_f1'])} Both are over "
        f"{counted(found['repeats'], 'repeat')}, so that the figures of folds by article may differ from the main ones."
    )
    rows = [
        (
            name,
            figure(found["random_folds"][key]),
            figure(found["grouped_folds"][key]),
            figure(found["gap"][key], signed=True),
        )
        for key, name in (("accuracy", "Accuracy"), ("macro_f1", "Macro-F1, all labels"))
    ]
    yield table("Random folds against folds by article", ("Figure", "Random folds", "Folds by article", "Gap"), rows)


def _gap(gap: Mapping[str, Any]) -> str:
    told = figure(gap, signed=True)
    return {
        1: f"Random folds show a higher macro-F1, by {told}: figures from such folds would be too good.",
        -1: f"Random folds show a lower macro-F1: the gap is {told}.",
        0: f"No gap in macro-F1 can be shown: {told}.",
        None: f"The gap in macro-F1, {told}, has no interval to judge it by.",
    }[side_of_zero(gap)]

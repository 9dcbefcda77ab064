"""How far coders agree with one another, and the model with each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from framing.codebook import Codebook
from framing.report.document import Block, Heading, ReportSource, Section, Text
from framing.report.phrases import (
    bounded,
    clipped,
    count,
    counted,
    figure,
    first_of,
    lies_above,
    named,
    not_measured,
    number,
    title_of,
)

ALPHA = "krippendorff_alpha"
TITLE = "Agreement"
QUESTION = "How far do the coders agree, and how far does the model agree with them?"

DEFINITION = (
    "Krippendorff's alpha for nominal labels: one less observed over expected disagreement, the labels being expected "
    "as drawn, without replacement, from all that were given. 1 is full agreement, 0 what chance gives. Of one label: "
    "that label against all others taken together. Agreement is the share of paragraphs with the same label; Cohen's "
    "kappa corrects it for the two sides' own shares of labels."
)


def agreement_section(source: ReportSource) -> Section:
    evaluation, codebook = source.evaluation, source.artifact.codebook
    found = evaluation.get("consistency")
    blocks: list[Block]
    if not found or found["all_coders"] is None:
        why = (found or {}).get("note") or "the evaluation holds nothing of it"
        blocks = [not_measured("agreement of coders, and of the model with single coders", why)]
    else:
        blocks = [
            Text(clipped(found["statement"]) or "What the coders are is not told.", "caution"),
            *_coders(found, codebook, evaluation["protocol"]["paragraphs"]),
            *_pairs(found, source),
            *_model(found),
            Text(
                f"{DEFINITION} In brackets: 95% intervals, {evaluation['protocol']['bootstrap']:,} draws of whole "
                "articles."
            ),
        ]
    return Section("agreement", TITLE, QUESTION, (*blocks, *_undecided(evaluation)))


def _coders(found: Mapping[str, Any], codebook: Codebook, paragraphs: int) -> Iterator[Block]:
    from framing.evaluation.agreement_alpha import THRESHOLDS, level

    everyone, without = found["all_coders"], found["without_third_coders"]
    third = [named(name) for name, coder in found["coders"].items() if coder["third_coder_of_disputes"]]
    main = without or everyone
    yield Heading("Coder against coder")
    told = (
        f"Krippendorff's alpha of {counted(main['coders'], 'coder')} over the "
        f"{counted(main['paragraphs'], 'paragraph')} that two or more of them coded, of {count(paragraphs)} in all: "
        f"{figure(main['krippendorff_alpha'])}."
    )
    if third:
        told += (
            f" {first_of(third)} coded only what others had coded differently and is left out of it, since that says "
            "nothing of the other paragraphs."
        )
        told += f" With all {everyone['coders']:,} coders: {figure(everyone['krippendorff_alpha'])}."
    yield Text(told)
    programs = sum(coder["kind"] == "program" for coder in found["coders"].values())
    if programs > 1:
        yield Text(
            "Programs of one make share their habits, and so their errors: that they agree does not show that they are "
            "right, and codings of one and the same program are not independent. Whether these are is not measured."
        )
    persons = all(coder["kind"] == "person" for coder in found["coders"].values())
    made_for = (
        ""
        if persons
        else " They were made for persons who code independently, so that here the last column only shows where the "
        "figures would lie; it does not make the coding reliable."
    )
    yield Text(f"Levels by {THRESHOLDS['source']}.{made_for}")
    rows = [("all labels", *_alphas(main["krippendorff_alpha"], everyone["krippendorff_alpha"], without, level))]
    for label in codebook.labels:
        one, other = main["per_frame"][label], everyone["per_frame"][label]
        rows.append((title_of(codebook, label), *_alphas(one, other, without, level)))
    columns = ("Label", "Alpha", *(["Alpha, third coders too"] if without else []), "Level")
    yield from bounded("Krippendorff's alpha, coder against coder", columns, rows)


def _alphas(main: Mapping[str, Any], everyone: Mapping[str, Any], without: Any, level: Any) -> tuple[str, ...]:
    judged = level(main["value"]) or "not defined"
    return (figure(main), *([figure(everyone)] if without else []), judged)


def _pairs(found: Mapping[str, Any], source: ReportSource) -> Iterator[Block]:
    from framing.report.matrix_figures import disagreement_figure

    pairs = found["pairs"]
    if not pairs:
        yield not_measured("pairs of coders", found["note"] or "there are none with enough paragraphs in common")
        return
    yield Heading("Pair by pair, with the model on the same paragraphs")
    yield Text(_against_the_model(pairs))
    drawn = disagreement_figure(source)
    if drawn is not None:
        yield drawn
    rows = [
        (
            f"{named(pair['first'])}, {named(pair['second'])}{'*' if pair['note'] else ''}",
            count(pair["paragraphs"]),
            count(pair["articles"]),
            figure(pair["first_second"]["krippendorff_alpha"]),
            number(pair["first_second"]["cohen_kappa"]["value"]),
            number(pair["first_second"]["agreement"]["value"]),
            figure(pair["model_first"]["krippendorff_alpha"]),
            figure(pair["model_second"]["krippendorff_alpha"]),
        )
        for pair in sorted(pairs, key=lambda pair: -pair["paragraphs"])
    ]
    columns = ("Coders", "Paragraphs", "Articles", "Alpha of the two", "Kappa of the two", "Agreement of the two",
               "Alpha, model and first", "Alpha, model and second")  # fmt: skip
    yield from bounded("Pairs of coders with enough paragraphs in common, those with most first", columns, rows)
    if any(pair["note"] for pair in pairs):
        yield Text("* One of the two coded only what others differ on: the figure holds for such paragraphs alone.")


def _against_the_model(pairs: Sequence[Mapping[str, Any]]) -> str:
    """Count the pairs of which the model lies below both coders by more than their intervals."""
    judged = [pair for pair in pairs if not pair["note"]]
    below = sum(
        all(lies_above(pair["first_second"][ALPHA], pair[side][ALPHA]) for side in ("model_first", "model_second"))
        for pair in judged
    )
    if not judged:
        return "In every pair one of the two coded only what others differ on, so the model is not held against them."
    return (
        f"In {below:,} of {counted(len(judged), 'pair')} of coders, those who coded only disputes apart, the model "
        "agrees less with either of the two than they do with one another: the intervals of Krippendorff's alpha do "
        "not overlap."
    )


def _model(found: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading("The model against each coder")
    yield Text(
        "The model's labels are out of fold: from models that did not learn from the fold that a paragraph stands in, "
        "but from labels of these same coders in other folds. Each figure is over all that the coder coded."
    )
    rows = [
        (
            f"{named(name)}{'*' if coder['third_coder_of_disputes'] else ''}",
            coder["kind"] or "not told",
            count(coder["paragraphs"]),
            *(figure(coder["model"][key]) for key in ("krippendorff_alpha", "cohen_kappa", "agreement")),
        )
        for name, coder in found["coders"].items()
    ]
    columns = ("Coder", "Kind", "Paragraphs", "Alpha", "Cohen's kappa", "Agreement")
    yield from bounded("Model against coder", columns, rows, words=2)
    if any(coder["third_coder_of_disputes"] for coder in found["coders"].values()):
        yield Text("* Coded only what others had coded differently: the hardest paragraphs, and no others.")


def _undecided(evaluation: Mapping[str, Any]) -> Iterator[Block]:
    undecided = evaluation.get("undecided_gold")
    if not undecided:
        return
    yield Heading("Paragraphs without gold")
    if not undecided["paragraphs"]:
        yield Text("None: every paragraph has a gold label.")
    elif undecided["low"] is None:
        yield Text(
            f"{counted(undecided['paragraphs'], 'paragraph')} without gold are in none of the figures. There are too "
            "many ways to settle them to try all, so what they could change is not told."
        )
    else:
        low, high = undecided["low"], undecided["high"]
        have = "has" if undecided["paragraphs"] == 1 else "have"
        yield Text(
            f"{counted(undecided['paragraphs'], 'paragraph')} {have} no gold, since the coders differ, and {have} no "
            "part in the figures. Settled in every way on one of their coders' labels, the figures would lie between "
            f"these bounds: accuracy {number(low['accuracy'])} to {number(high['accuracy'])}, macro-F1 "
            f"{number(low['macro_f1'])} to {number(high['macro_f1'])}, macro-F1 of the frames "
            f"{number(low['macro_f1_frames'])} to {number(high['macro_f1_frames'])}."
        )

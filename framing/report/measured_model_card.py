"""What the evaluation and the model folder answer of a model card."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from framing.report import measured_facts as facts
from framing.report import measured_quality as quality
from framing.report.document import ReportSource
from framing.report.phrases import clipped, counted, first_of, listed, named, title_of


def _version(source: ReportSource) -> str | None:
    artifact = source.artifact
    if "digest" not in artifact.manifest:
        return None
    codebook = f"codebook {named(artifact.codebook.name)}, version {named(artifact.codebook.version)}"
    return (
        f"{named(artifact.description)}, for the {codebook}. The digest in the name is of all of its files: another "
        "digest is another model."
    )


def _training(source: ReportSource) -> str | None:
    settings = facts.experiment(source)["classifier"]
    weights = {"balanced": "labels weighted to count alike", "none": "labels not weighted"}
    targets = {"coders": "the shares of the coders' labels", "gold": "the gold label"}
    chosen = facts.tuning(source)
    return facts.together(
        facts.transformations(source),
        f"The regression learns {targets[settings['targets']]}, with {weights[settings['class_weight']]}.",
        f"Chosen by {source.evaluation['protocol']['inner_folds']} inner folds: {chosen}" if chosen else None,
    )


def _uses(source: ReportSource) -> str:
    codebook = source.artifact.codebook
    labels = first_of([title_of(codebook, label) for label in codebook.labels], 15)
    description = clipped(source.artifact.manifest.get("description") or facts.experiment(source)["description"])
    marks = f"It marks each {named(codebook.unit)} with one of {len(codebook.labels)} labels: {labels}."
    return f"{marks} Its experiment describes it as: {description.rstrip('.')}." if description else marks


def _out_of_scope(source: ReportSource) -> str | None:
    language = source.artifact.codebook.language
    return facts.together(
        f"The codebook is for texts in the language '{named(language)}'; others are not measured."
        if language
        else None,
        facts.drawing(source),
    )


def _relevant_factors(source: ReportSource) -> str | None:
    known = [named(name.replace("_", " ")) for name in facts.groups_of(source)]
    known = known or [name for name, _ in quality.strata(source)]
    return f"Known of the texts, and so to be told apart: {first_of(known)}." if known else None


def _evaluation_factors(source: ReportSource) -> str | None:
    measured = [f"{name} ({counted(len(found['groups']), 'group')})" for name, found in quality.strata(source)]
    return f"Left out of training one group at a time: {first_of(measured)}." if measured else None


def _thresholds(source: ReportSource) -> str | None:
    return facts.together(
        "The label with the highest probability is given; nothing is withheld.", quality.candidate_sets(source)
    )


def _datasets(source: ReportSource) -> str | None:
    return facts.together(
        f"On the labels that it was trained on, out of fold: {facts.amount(source)}; {facts.with_gold(source)}.",
        f"{facts.digest_of_labels(source)}.",
        facts.origin(source),
    )


def _preprocessing(source: ReportSource) -> str | None:
    return facts.together(facts.transformations(source), facts.boilerplate(source), facts.undecided(source))


def _training_data(source: ReportSource) -> str | None:
    strata = [
        f"{named(name.replace('_', ' '))} ({counted(sum(bool(group['name']) for group in groups), 'group')})"
        for name, groups in facts.groups_of(source).items()
    ]
    return facts.together(
        f"{facts.sentence(facts.amount(source))}. Gold labels: {facts.label_counts(source)}.",
        facts.coders(source),
        f"The report counts them by {listed(strata)}." if strata else None,
        facts.drawing(source),
    )


def _unitary(source: ReportSource) -> str | None:
    return facts.together(quality.headline(source), quality.weakest_label(source), quality.left_out(source))


def _mitigations(source: ReportSource) -> str | None:
    return facts.together(
        quality.candidate_sets(source),
        "Texts unlike those of the training data are warned of." if source.artifact.familiarity else None,
    )


def _caveats(source: ReportSource) -> str | None:
    return facts.together(
        facts.drawing(source),
        quality.weakest_label(source),
        quality.largest_confusion(source),
        quality.surest_half(source),
        quality.behaviour(source),
        facts.agreement(source),
    )


ANSWERS: Mapping[str, Callable[[ReportSource], str | None]] = {
    "model_card.details.version": _version,
    "model_card.details.type": facts.kind_of_model,
    "model_card.details.training": _training,
    "model_card.intended_use.uses": _uses,
    "model_card.intended_use.out_of_scope": _out_of_scope,
    "model_card.factors.relevant": _relevant_factors,
    "model_card.factors.evaluation": _evaluation_factors,
    "model_card.metrics.measures": quality.measures,
    "model_card.metrics.thresholds": _thresholds,
    "model_card.metrics.variation": facts.uncertainty,
    "model_card.evaluation_data.datasets": _datasets,
    "model_card.evaluation_data.preprocessing": _preprocessing,
    "model_card.training_data.datasets": _training_data,
    "model_card.quantitative.unitary": _unitary,
    "model_card.ethics.mitigations": _mitigations,
    "model_card.caveats.caveats": _caveats,
}

# What a person must add to what was measured.
REMAINING: Mapping[str, str] = {
    "model_card.intended_use.uses": "what those who made it meant it for",
    "model_card.intended_use.out_of_scope": "which uses those who made it rule out",
    "model_card.factors.relevant": "which other factors matter",
    "model_card.factors.evaluation": "why these, and not others, are measured",
    "model_card.ethics.mitigations": "which risks were looked for, and what else was done",
    "model_card.caveats.caveats": "what those who made it recommend",
}

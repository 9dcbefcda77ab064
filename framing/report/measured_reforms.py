"""What the evaluation and the model folder answer of the REFORMS checklist."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from framing.report import measured_facts as facts
from framing.report import measured_quality as quality
from framing.report.document import ReportSource
from framing.report.measured_datasheet import missing
from framing.report.phrases import (
    clipped,
    count,
    counted,
    figure,
    first_of,
    lone_macro_f1,
    named,
    number,
    share,
    title_of,
)

GIB = 2**30


def _machine_learning(source: ReportSource) -> str | None:
    """Set the model against the one baseline that learns nothing but which words are rare."""
    keywords = (source.evaluation.get("baselines") or {}).get("keywords") or {}
    if "metrics" not in keywords:
        return None
    difference = keywords["model_less_baseline"]["macro_f1"]["difference"]
    return (
        "Measured: the words of the codebook's definitions alone reach macro-F1 "
        f"{figure(keywords['metrics']['macro_f1'])}; the model less that is {figure(difference, signed=True)}."
    )


def _dataset(source: ReportSource) -> str | None:
    return facts.together(
        f"{facts.sentence(facts.amount(source))}. {facts.digest_of_labels(source)}.",
        facts.origin(source),
    )


def _code(source: ReportSource) -> str | None:
    told = facts.versions(source)
    return f"Made with {told}." if told else None


def _infrastructure(source: ReportSource) -> str | None:
    run, parts = source.run, []
    if run.get("machine"):
        parts.append(f"{named(run.get('system'))} on {named(run['machine'])}")
    if run.get("cores"):
        parts.append(f"{counted(run['cores'], 'core')}")
    if run.get("processes"):
        parts.append(f"{counted(run['processes'], 'process', 'processes')}")
    if run.get("seconds"):
        parts.append(f"{count(round(run['seconds']))} seconds for training and evaluation")
    if run.get("peak_memory_bytes"):
        parts.append(f"{run['peak_memory_bytes'] / GIB:.2f} GiB of memory at the most")
    told = facts.versions(source)
    machine = f"Run on {', '.join(parts)}." if parts else "On which machine it ran was not kept."
    return facts.together(machine, f"Software: {told}.") if parts or told else None


def _readme(source: ReportSource) -> str:  # noqa: ARG001
    return (
        "The report's section on reproduction gives the commands from installation to the last check. 'framing verify "
        "MODEL' computes the figures again."
    )


def _script(source: ReportSource) -> str:
    name = named(facts.experiment(source)["name"])
    return (
        f"One command: 'framing train' with the experiment file of {name} trains the model, evaluates it and writes "
        f"this report. Seed {source.evaluation['protocol']['seed']}; every setting stands in the manifest."
    )


def _sources(source: ReportSource) -> str | None:
    hosts = (source.evaluation.get("data") or {}).get("sources") or []
    return facts.together(
        f"Training and testing draw on the same labels, by folds: {facts.amount(source)}.",
        f"The texts name {counted(len(hosts), 'source')}." if hosts else None,
        facts.origin(source),
        facts.coders(source),
        facts.agreement(source),
    )


def _outcome(source: ReportSource) -> str:
    codebook = source.artifact.codebook
    total = source.evaluation["protocol"]["with_gold"]
    supports = [(label, source.evaluation["per_frame"][label]["support"]) for label in codebook.labels]
    shares = [f"{title_of(codebook, label)} {share(support, total)}" for label, support in supports]
    defined = sum(bool(frame.definition) for frame in codebook.frames)
    return (
        f"The label of a {named(codebook.unit)} by the codebook {named(codebook.name)}, version "
        f"{named(codebook.version)}, which defines {defined} of its {counted(len(codebook.frames), 'frame')}; of the "
        f"gold labels: {first_of(shares, 15)}."
    )


def _sample_size(source: ReportSource) -> str:
    return f"{facts.sentence(facts.amount(source))}; {facts.with_gold(source)}: {facts.label_counts(source)}."


def _representative(source: ReportSource) -> str | None:
    statement = facts.drawing(source)
    return f"Not shown by the data. {statement}" if statement and not _sampled(source) else statement


def _sampled(source: ReportSource) -> int:
    found: int = source.evaluation["sampling"]["drawn_by"].get("sample", 0)
    return found


def _excluded(source: ReportSource) -> str:
    return facts.together(facts.undecided(source), facts.boilerplate(source)) or "None of the samples is left out."


def _corrupt(source: ReportSource) -> str | None:
    read = None
    if facts.ours(source):
        read = (
            "Reading stops at a damaged line, a paragraph given twice or a label that the codebook lacks, so that "
            "there are none of these."
        )
    found = facts.duplicates(source)
    return facts.together(read, facts.sentence(found))


def _transformations(source: ReportSource) -> str:
    return f"{facts.transformations(source)} Nothing is imputed. What depends on data is fitted in the training part."


def _models(source: ReportSource) -> str | None:
    run = [named(one["title"]) for one in (source.evaluation.get("baselines") or {}).values() if "metrics" in one]
    return facts.together(
        facts.kind_of_model(source),
        "Loss: cross-entropy with a quadratic penalty.",
        f"Baselines: {'; '.join(run)}." if run else None,
    )


def _selection(source: ReportSource) -> str:
    protocol = source.evaluation["protocol"]
    return (
        f"By {named(protocol['tuning_metric']).replace('_', ' ')} over {protocol['inner_folds']} inner folds of the "
        "training part, in every outer fold anew; the model that is given away is chosen so on all labels. No figure "
        "of the outer folds has a part in that."
    )


def _baselines(source: ReportSource) -> str | None:
    lone = lone_macro_f1(source.evaluation)
    skipped = [
        f"{named(one['title'])} ({clipped(one['note'], 80)})"
        for one in (source.evaluation.get("baselines") or {}).values()
        if "metrics" not in one and one.get("note")
    ]
    return facts.together(
        quality.best_baseline(source),
        "All of them have the model's folds; their settings stand in the report's section on baselines.",
        None
        if facts.alone(source)
        else "All but those that say so judge each paragraph alone, and none but those with an encoder is tuned, so "
        "that the model has its article and its tuning before them.",
        None
        if lone is None
        else f"Reading each paragraph alone, the model has macro-F1 {figure(lone)}.",
        f"Not run: {'; '.join(skipped)}." if skipped else None,
    ) if quality.best_baseline(source) else None  # fmt: skip


def _separation(source: ReportSource) -> str:
    protocol = source.evaluation["protocol"]
    return (
        "Within a fold, no. In each outer fold the terms, their weights, every value chosen, the temperatures and the "
        f"thresholds of the conformal sets come from the training part alone, by {protocol['inner_folds']} inner folds "
        "of it. The rule for boilerplate and the recipe were fixed before, the recipe by trials on the armed-conflict "
        "labels that come with the program: on those labels the figures may be better for it."
    )


def _dependencies(source: ReportSource) -> str | None:
    copies = source.evaluation.get("copies_in_training") or {"paragraphs": 0, "share_whose_article_also_trains": 0}
    parted, copied = copies["share_whose_article_also_trains"], copies["paragraphs"]
    apart = f"{share(parted, 1)} of the test paragraphs have" if parted else "No test paragraph has"
    return facts.together(
        None if facts.alone(source) else f"{apart} others of its article, or a copy of one, in training.",
        facts.sentence(facts.duplicates(source)),
        f"{counted(copied, 'test paragraph has', 'test paragraphs have')} a copy or near-copy in training."
        if copied
        else None,
        quality.leakage_gap(source),
    )


def _features(source: ReportSource) -> str | None:
    kind = facts.experiment(source)["context"]["source"]
    told = f" The kind of source ({named(kind).replace('_', ' ')}) is read where it is told." if kind else ""
    article = "" if facts.alone(source) else " and of its article"
    return facts.together(f"The words of the paragraph{article}.{told}", quality.names_masked(source))


def _metrics(source: ReportSource) -> str:
    metric = named(source.evaluation["protocol"]["tuning_metric"]).replace("_", " ")
    why = {
        "log loss": "which asks for good probabilities of every label",
        "macro f1": "which counts every label alike",
        "accuracy": "which counts every paragraph alike",
    }.get(metric)
    return f"{quality.measures(source)} Inner folds choose by {metric}{f', {why}' if why else ''}."


def _tests(source: ReportSource) -> str | None:
    against = [
        one["model_less_baseline"] for one in (source.evaluation.get("baselines") or {}).values() if "metrics" in one
    ]
    if not against:
        return None
    corrected = [one["macro_f1"]["corrected_resampled_t"] for one in against]
    largest = max((one["p_value"] for one in corrected if one is not None), default=None)
    swap = "By randomisation (Yeh 2000): whole articles are swapped, as paragraphs of one article are not independent."
    if largest is None:
        return swap
    return (
        "By the corrected resampled t test (Nadeau and Bengio 2003), since folds share training data, which takes the "
        f"folds' differences for normal, which was not tested; its largest p against "
        f"{counted(len(against), 'baseline')} is "
        f"{number(largest) if largest >= 0.001 else 'below .001'}. {swap}"
    )


def _external(source: ReportSource) -> str | None:
    carried = quality.left_out(source)
    nothing = "Beyond these data nothing was tested. Within them:"
    return facts.together(nothing, carried, quality.names_masked(source)) if carried else None


def _boundaries(source: ReportSource) -> str | None:
    notices = [
        f"By {name}: {clipped(found['in_use']['conformal']['notice'])}"
        for name, found in quality.strata(source)
        if ((found.get("in_use") or {}).get("conformal") or {}).get("notice")
    ]
    return facts.together(facts.drawing(source), *notices[:5], quality.behaviour(source))


ANSWERS: Mapping[str, Callable[[ReportSource], str | None]] = {
    "reforms.goals.machine_learning_motivation": _machine_learning,
    "reforms.reproducibility.dataset": _dataset,
    "reforms.reproducibility.code": _code,
    "reforms.reproducibility.infrastructure": _infrastructure,
    "reforms.reproducibility.readme": _readme,
    "reforms.reproducibility.script": _script,
    "reforms.data_quality.sources": _sources,
    "reforms.data_quality.sampling_frame": facts.drawing,
    "reforms.data_quality.outcome": _outcome,
    "reforms.data_quality.sample_size": _sample_size,
    "reforms.data_quality.missing": missing,
    "reforms.data_quality.representative": _representative,
    "reforms.preprocessing.excluded": _excluded,
    "reforms.preprocessing.corrupt": _corrupt,
    "reforms.preprocessing.transformations": _transformations,
    "reforms.modelling.models": _models,
    "reforms.modelling.evaluation": facts.split_plan,
    "reforms.modelling.selection": _selection,
    "reforms.modelling.tuning": facts.tuning,
    "reforms.modelling.baselines": _baselines,
    "reforms.leakage.separation": _separation,
    "reforms.leakage.dependencies": _dependencies,
    "reforms.leakage.features": _features,
    "reforms.metrics.metrics": _metrics,
    "reforms.metrics.uncertainty": facts.uncertainty,
    "reforms.metrics.tests": _tests,
    "reforms.limits.external_validity": _external,
    "reforms.limits.boundaries": _boundaries,
}

# What a person must add to what was measured.
REMAINING: Mapping[str, str] = {
    "reforms.goals.machine_learning_motivation": "why those who made it use it",
    "reforms.reproducibility.dataset": "a link or a DOI",
    "reforms.reproducibility.code": "a link or a DOI",
    "reforms.data_quality.sources": "when the texts were collected, and how they were coded",
    "reforms.data_quality.sampling_frame": "the set that they were chosen from",
    "reforms.data_quality.representative": "the case that they stand for a population, if there is one",
    "reforms.modelling.selection": "whether figures of the outer folds led to the recipe or to the experiment's values",
    "reforms.modelling.baselines": "why these are the fitting ones",
    "reforms.leakage.features": "whether the words that count are legitimate; the report lists them",
    "reforms.limits.boundaries": "which other settings those who made it rule out",
}

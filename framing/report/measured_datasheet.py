"""What the evaluation answers of a datasheet for the labelled data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from framing.report import measured_facts as facts
from framing.report import measured_quality as quality
from framing.report.document import ReportSource
from framing.report.phrases import count, counted, first_of, listed, named, share, title_of

# Fewer articles say little of what goes together.
_LEAST_ARTICLES = 5


def _instances(source: ReportSource) -> str:
    if facts.alone(source):
        return "Each instance is a text by itself."
    return "Each instance is a paragraph with its article and its place in it."


def _count(source: ReportSource) -> str:
    return f"{facts.sentence(facts.amount(source))}; {facts.with_gold(source)}: {facts.label_counts(source)}."


def _drawn(source: ReportSource) -> str | None:
    drawn = (source.evaluation.get("sampling") or {}).get("drawn_by")
    if not drawn:
        return None
    ways = {"purposive": "chosen on purpose", "learning": "chosen to learn from", "sample": "drawn by chance",
            "unknown": "drawn in a way that is not told"}  # fmt: skip
    parts = [f"{count(paragraphs)} {ways.get(way, named(way))}" for way, paragraphs in drawn.items()]
    return facts.together(f"Of the paragraphs with gold: {listed(parts)}.", facts.drawing(source))


def _held(source: ReportSource) -> str | None:
    data = source.evaluation.get("data")
    if not data:
        return None
    words = data["words_per_paragraph"]
    quartiles = ", ".join(map(count, words["quartiles"]))
    known = [named(name.replace("_", " ")) for name in facts.groups_of(source)]
    return facts.together(
        f"Text of {count(words['least'])} to {counted(words['most'], 'word')} (quartiles {quartiles}).",
        f"Of its article is known: {first_of(known)}." if known else None,
    )


def _label(source: ReportSource) -> str | None:
    codebook = source.artifact.codebook
    version = f"codebook {named(codebook.name)}, version {named(codebook.version)}"
    return facts.together(
        f"One of {len(codebook.labels)} labels of the {version}: {facts.label_counts(source)}.", facts.coders(source)
    )


def missing(source: ReportSource) -> str | None:
    """Tell what is missing of gold labels and of what is known of the articles, label by label."""
    protocol, codebook = source.evaluation["protocol"], source.artifact.codebook
    without, unit = protocol["paragraphs"] - protocol["with_gold"], "text" if facts.alone(source) else "paragraph"
    lacking = f"{count(without)} of {counted(protocol['paragraphs'], unit)} ({share(without, protocol['paragraphs'])})"
    verb = "has" if without == 1 else "have"
    parts = [f"{lacking} {verb} no gold label." if without else f"Every {unit} has a gold label."]
    known = []
    for name, groups in facts.groups_of(source).items():
        stratum = named(name.replace("_", " "))
        unknown = [group for group in groups if not group["name"]]
        total = sum(group["paragraphs"] for group in groups)
        paragraphs = sum(group["paragraphs"] for group in unknown)
        if not paragraphs:
            known.append(stratum)
            continue
        counts = {one: (_of(unknown, one), _of(groups, one)) for one in codebook.labels}
        shares = [f"{title_of(codebook, one)} {share(*pair)}" for one, pair in counts.items()]
        parts.append(f"{facts.sentence(stratum)} is unknown of {share(paragraphs, total)}: {first_of(shares, 15)}.")
    return " ".join([*parts, f"Known of all: {first_of(known)}."] if known else parts)


def _of(groups: list[Mapping[str, Any]], label: str) -> int:
    return sum(group["labels"].get(label, 0) for group in groups)


def _relationships(source: ReportSource) -> str | None:
    if facts.alone(source):
        return facts.together(facts.sentence(facts.duplicates(source)))
    return facts.together("Paragraphs of one article name it and their place in it.", facts.duplicates(source))


def _splits(source: ReportSource) -> str | None:
    kept = None if facts.alone(source) else "Paragraphs of one article must stay on one side of a split."
    return facts.together("The splits of the evaluation:", facts.split_plan(source), kept)


def _noise(source: ReportSource) -> str | None:
    issues = source.evaluation.get("label_issues") or {}
    doubt = None
    if "ranked" in issues:
        doubt = (
            f"The evaluation names the {counted(len(issues['ranked']), 'paragraph')} whose label is most in doubt to "
            "models that did not see their articles."
        )
    return facts.together(facts.duplicates(source), facts.agreement(source), facts.undecided(source), doubt)


def _individuals(source: ReportSource) -> str | None:
    names = (source.evaluation.get("names_masked") or {}).get("names")
    if not names:
        return None
    return f"The program found {counted(names, 'name')} in the texts, of persons, places and others alike."


def _timeframe(source: ReportSource) -> str | None:
    years = [int(group["name"]) for group in facts.groups_of(source).get("year", ()) if group["name"].isdecimal()]
    if not years:
        return None
    return f"The texts are of the years {min(years)} to {max(years)}."


def _prepared(source: ReportSource) -> str | None:
    return facts.together(
        facts.coders(source), facts.agreement(source), facts.boilerplate(source), facts.undecided(source)
    )


def _software(source: ReportSource) -> str | None:
    version = (source.artifact.manifest.get("versions") or {}).get("framing")
    if not version or not facts.ours(source):
        return None
    return f"Read, checked and counted with framing {named(version)}, which is free software."


def _used(source: ReportSource) -> str:
    return f"The model {named(source.artifact.description)} was trained and evaluated on it. {quality.headline(source)}"


def _impact(source: ReportSource) -> str | None:
    return facts.together(_tie(source), facts.drawing(source))


def _tie(source: ReportSource) -> str | None:
    """Name the label and the group of texts that go together most, since a model may learn the one for the other."""
    ties = max(_ties(source), default=None, key=lambda tie: tie[0] / tie[1])
    if ties is None:
        return None
    of_both, of_group, stratum, group, label = ties
    everywhere = source.evaluation["per_frame"][label]["support"]
    return (
        f"Of the {counted(of_group, 'paragraph')} with gold whose {stratum} is {group}, "
        f"{count(of_both)} ({share(of_both, of_group)}) are {title_of(source.artifact.codebook, label)}, against "
        f"{share(everywhere, source.evaluation['protocol']['with_gold'])} of "
        "all: a model may learn the one for the other."
    )


def _ties(source: ReportSource) -> Iterator[tuple[int, int, str, str, str]]:
    for name, groups in facts.groups_of(source).items():
        for group in groups:
            total = sum(group["labels"].values())
            if group["name"] and total and group["articles"] >= _LEAST_ARTICLES:
                for label, paragraphs in group["labels"].items():
                    yield paragraphs, total, named(name.replace("_", " ")), named(group["name"]), label


def _unsuitable(source: ReportSource) -> str | None:
    drawn = (source.evaluation.get("sampling") or {}).get("drawn_by") or {}
    if not drawn or drawn.get("sample"):
        return None
    return "For telling how frequent a label is in any population: none of the labels was drawn by chance."


ANSWERS: Mapping[str, Callable[[ReportSource], str | None]] = {
    "datasheet.composition.instances": _instances,
    "datasheet.composition.count": _count,
    "datasheet.composition.sample": _drawn,
    "datasheet.composition.data": _held,
    "datasheet.composition.label": _label,
    "datasheet.composition.missing": missing,
    "datasheet.composition.relationships": _relationships,
    "datasheet.composition.splits": _splits,
    "datasheet.composition.noise": _noise,
    "datasheet.composition.individuals": _individuals,
    "datasheet.collection.sampling": _drawn,
    "datasheet.collection.timeframe": _timeframe,
    "datasheet.preprocessing.done": _prepared,
    "datasheet.preprocessing.software": _software,
    "datasheet.uses.already": _used,
    "datasheet.uses.impact": _impact,
    "datasheet.uses.unsuitable": _unsuitable,
}

# What a person must add to what was measured.
REMAINING: Mapping[str, str] = {
    "datasheet.composition.sample": "which larger whole they are of, and whether they represent it",
    "datasheet.composition.missing": "why it is missing",
    "datasheet.composition.noise": "errors that those who made it know of",
    "datasheet.composition.individuals": "whether persons can be recognised by them",
    "datasheet.collection.timeframe": "when they were collected",
    "datasheet.preprocessing.done": "what was done to the texts before they were labelled",
    "datasheet.uses.already": "whether others have used it",
    "datasheet.uses.impact": "what harm may come of it, and what a user can do",
    "datasheet.uses.unsuitable": "what else it should not be used for",
}

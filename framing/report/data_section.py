"""What was labelled: how much, from where, by whom and drawn how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from framing.codebook import Codebook
from framing.report.document import Block, Heading, ReportSource, Section, Text
from framing.report.phrases import (
    MOST_COLUMNS,
    UNDEFINED,
    bounded,
    clipped,
    count,
    counted,
    figure,
    listed,
    named,
    number,
    share,
    table,
    title_of,
)

TITLE = "Data"
QUESTION = "What texts is this about, who labelled them, and what do they stand for?"

WAYS = {
    "purposive": "chosen on purpose",
    "learning": "chosen to learn from, by a model",
    "sample": "drawn by chance, with a known probability",
    "unknown": "not told",
}
DATASHEET = "datasheet."
YEAR = "year"
UNTOLD = "How the texts were drawn is not told with this evaluation."
OF_SAMPLE = {
    "accuracy": "Accuracy",
    "macro_f1": "Macro-F1, all labels",
    "macro_f1_frames": "Macro-F1, frames only",
    "cohen_kappa": "Cohen's kappa",
    "krippendorff_alpha": "Krippendorff's alpha",
    "log_loss": "Log loss",
    "brier": "Brier score, 0 to 2",
}


def data_section(source: ReportSource) -> Section:
    evaluation, codebook = source.evaluation, source.artifact.codebook
    data = evaluation.get("data")
    blocks = [*_drawing(evaluation), *_amounts(evaluation), *_origin(evaluation), *_told(source)]
    if data is None:
        blocks.append(
            Text(
                "Not kept with this evaluation: counts by label, source and stratum, lengths, and who coded. An "
                "evaluation of today's program holds them."
            )
        )
    else:
        blocks += [*_coders(data), *_labels(data, codebook), *_strata(data, codebook), *_sources(data)]
    return Section("data", TITLE, QUESTION, (*blocks, *_sample(evaluation, codebook)))


def _drawing(evaluation: Mapping[str, Any]) -> Iterator[Block]:
    sampling = evaluation.get("sampling")
    if not sampling:
        yield Text(UNTOLD, "caution")
        return
    yield Text(clipped(sampling["statement"]) or UNTOLD, "caution")
    drawn = sampling["drawn_by"]
    total = sum(drawn.values())
    rows = [(named(WAYS.get(way, way)), count(number), share(number, total)) for way, number in drawn.items()]
    yield table("How the paragraphs with gold were drawn", ("Drawn", "Paragraphs", "Share"), rows)


def _amounts(evaluation: Mapping[str, Any]) -> Iterator[Block]:
    protocol, data = evaluation["protocol"], evaluation.get("data") or {}
    without = protocol["paragraphs"] - protocol["with_gold"]
    rows = [
        ("Articles", count(protocol["articles"])),
        ("Paragraphs", count(protocol["paragraphs"])),
        ("Paragraphs with gold, on which the figures rest", count(protocol["with_gold"])),
        ("Paragraphs without gold, since their coders differ or nobody coded them", count(without)),
        ("Paragraphs that are boilerplate by rule", count(protocol["boilerplate"])),
    ]
    for key, name in (
        ("words_per_paragraph", "Words a paragraph"),
        ("paragraphs_per_article", "Paragraphs an article"),
    ):
        if data.get(key):
            rows.append((f"{name}: least; quartiles; most", _spread(data[key])))
    yield table("How much there is", ("What", "How many"), rows)
    if protocol["articles"] == protocol["paragraphs"]:
        yield Text("Every text stands by itself: here an 'article' is one text of one paragraph.")


def _spread(found: Mapping[str, Any]) -> str:
    return f"{count(found['least'])}; {', '.join(map(count, found['quartiles']))}; {count(found['most'])}"


def _origin(evaluation: Mapping[str, Any]) -> Iterator[Block]:
    settings = evaluation["protocol"]["experiment"]["data"]
    if settings["source"] is not None:
        yield Text(f"Source, as the experiment names it: {clipped(settings['source'])}.")
    if settings["csv"] is not None:
        digest = f", SHA-256 {named(settings['sha256'])}" if settings["sha256"] else ""
        yield Text(
            f"The labels were read from a table of others ({named(settings['csv'])}{digest}). Their texts are not "
            "passed on: this report names rows by their number."
        )


def _told(source: ReportSource) -> Iterator[Block]:
    """Show what people told of how the texts came about."""
    data = source.evaluation.get("data") or {}
    answers = {**(data.get("datasheet") or {}), **source.answers}
    told = {key: text for key, text in answers.items() if key.startswith(DATASHEET)}
    yield Heading("How the texts came about, as those who made the labels tell it")
    if not told:
        yield Text(
            "Nobody has told how the texts were written, collected and coded, or what of them is synthetic or "
            "retold. The open questions stand in the checklists.",
            "caution",
        )
        return
    rows = [(_topic(key), clipped(text)) for key, text in told.items()]
    yield from bounded(
        "Told, not measured; the questions in full stand in the checklists",
        ("About", "Told"),
        rows,
        words=2,
        rest="; all stand in the checklists",
    )


def _topic(key: str) -> str:
    """Turn a question's id into words: 'datasheet.collection.who-was-paid' into 'collection: who was paid'."""
    section, _, topic = key.removeprefix(DATASHEET).partition(".")
    words = (part.replace("_", " ").replace("-", " ").replace(".", ", ") for part in (section, topic) if part)
    return named(": ".join(words))


def _coders(data: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading("Who coded")
    coders = data["coders"]
    if not coders:
        yield Text("Single coders are not told of: each text came with its label.")
        return
    kinds = Counter(coder["kind"] for coder in coders.values())
    yield Text(_kinds(kinds, len(coders)), "plain" if set(kinds) == {"person"} else "caution")
    rows = [
        (
            named(name),
            coder["kind"] or "not told",
            clipped(coder["description"] or "not told"),
            count(coder["paragraphs"]),
        )
        for name, coder in coders.items()
    ]
    yield from bounded("Coders", ("Coder", "Kind", "As described", "Paragraphs coded"), rows, words=3)


def _kinds(kinds: Counter[str | None], total: int) -> str:
    if total == 1:
        [kind] = kinds
        return {"program": "The only coder is a program.", "person": "The only coder is a person."}.get(
            kind or "", "It is not told whether the only coder is a person or a program."
        )
    if len(kinds) == 1:
        [kind] = kinds
        return {"program": f"All {total} coders are programs.", "person": f"All {total} coders are persons."}.get(
            kind or "", f"It is not told of any of the {total} coders whether it is a person or a program."
        )
    names = {"program": ("program", "programs"), "person": ("person", "persons")}
    parts = [counted(kinds[kind], *names[kind]) for kind in names if kinds[kind]]
    unknown = total - kinds["program"] - kinds["person"]
    parts += [f"{unknown:,} of whom it is not told"] if unknown else []
    return f"Of {total} coders: {listed(parts)}."


def _labels(data: Mapping[str, Any], codebook: Codebook) -> Iterator[Block]:
    yield Heading("How often each label is gold")
    total = sum(found["paragraphs"] for found in data["labels"].values())
    rows = [
        (
            title_of(codebook, label),
            count(found["paragraphs"]),
            share(found["paragraphs"], total),
            count(found["articles"]),
        )
        for label, found in data["labels"].items()
    ]
    columns = ("Label", "Paragraphs", "Share of those with gold", "Articles with one or more")
    yield from bounded("Gold labels", columns, rows)


def _strata(data: Mapping[str, Any], codebook: Codebook) -> Iterator[Block]:
    if not data["strata"]:
        yield Text("The data tell nothing of where or when the texts are from, or of which kind of source.")
    # Of many labels each would be a column.
    labels = codebook.labels if len(codebook.labels) <= MOST_COLUMNS else ()
    for name, groups in data["strata"].items():
        heading = named(name.replace("_", " "))
        yield Heading(f"By {heading}")
        unknown = sum(group["articles"] for group in groups if not group["name"])
        known = sum(bool(group["name"]) for group in groups)
        told = f"; of {counted(unknown, 'article')} it is not known" if unknown else ""
        yield Text(f"{counted(known, 'value')} of {heading}{told}.")
        rows = [
            (
                named(group["name"]) if group["name"] else "not known",
                count(group["articles"]),
                count(group["paragraphs"]),
                *(count(group["labels"].get(label, 0)) for label in labels),
            )
            for group in _ordered(name, groups)
        ]
        columns = (heading.capitalize(), "Articles", "Paragraphs", *(title_of(codebook, label) for label in labels))
        caption = f"Articles and paragraphs by {heading}" + (", with their gold labels" if labels else "")
        yield from bounded(caption, columns, rows)


def _ordered(stratum: str, groups: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Put the newest years first, and of all else the largest groups."""
    if stratum == YEAR:
        return sorted(groups, key=lambda group: str(group["name"]), reverse=True)
    return sorted(groups, key=lambda group: -group["paragraphs"])


def _sources(data: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading("Sources")
    sources = data["sources"]
    if not sources:
        yield Text("The data do not name the sources of single texts.")
        return
    largest = max(sources, key=lambda one: one["articles"])
    articles = sum(one["articles"] for one in sources)
    yield Text(
        f"{counted(articles, 'article')} from {counted(len(sources), 'source')}; the largest, "
        f"{named(largest['name'])}, has {counted(largest['articles'], 'article')} "
        f"({share(largest['articles'], articles)})."
    )
    rows = [(named(one["name"]), count(one["articles"]), count(one["paragraphs"])) for one in sources]
    yield from bounded("Sources, those with most paragraphs first", ("Source", "Articles", "Paragraphs"), rows)


def _sample(evaluation: Mapping[str, Any], codebook: Codebook) -> Iterator[Block]:
    sample = (evaluation.get("sampling") or {}).get("sample")
    if not sample:
        return
    yield Heading("The paragraphs drawn by chance, weighted to their population")
    yield Text(
        f"{counted(sample['paragraphs'], 'paragraph')} of {counted(sample['articles'], 'article')} were drawn by "
        f"chance. They stand for some {count(round(sample['population']))} paragraphs, and are worth "
        f"{count(round(sample['effective_paragraphs']))} of a simple random sample. The largest weight is "
        f"{number(sample['largest_weight'], 2)} times the mean. What of the sample is coded and has no gold "
        f"({count(sample['without_gold'])}) is left out: where that is hard, the figures are too good."
    )
    yield Text(f"Method: {clipped(sample['method'])}.")
    rows = [(name, figure(sample["metrics"][key])) for key, name in OF_SAMPLE.items() if key in sample["metrics"]]
    yield table("Weighted figures", ("Figure", "Weighted"), rows)
    keys = ("precision", "recall", "f1", "prevalence", "predicted_share")
    of_labels = [
        (title_of(codebook, label), *(figure(sample["per_frame"][label][key]) for key in keys))
        for label in codebook.labels
    ]
    columns = ("Label", "Precision", "Recall", "F1", "Share in the gold", "Share as predicted")
    yield from bounded("Weighted figures by label", columns, of_labels)
    if any(UNDEFINED in cell for row in of_labels for cell in row):
        yield Text("A figure is not defined where the sample holds nothing to measure it by.")

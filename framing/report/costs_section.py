"""What it took to train the model, what it takes to use it, and how large it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from framing.artifact.storage import COMPANIONS
from framing.report.document import Block, Heading, ReportSource, Section, Table, Text
from framing.report.phrases import bounded, clipped, count, counted, named, share

TITLE = "Costs"
QUESTION = "What did it take to train and measure, and what does its use take?"
MOST_STAGES = 40

HOLDS = {
    "manifest.json": "what the model is: settings, versions, and the digest of every file",
    "codebook.json": "the labels with their definitions and rules",
    "model.json": "decoding, calibration, sources, limits of what is familiar",
    "terms.txt": "words and pairs of words",
    "idf.npy": "inverse document frequencies of words and pairs",
    "weights.npy": "weights of words and pairs",
    "intercept.npy": "an intercept for each label",
    "words.txt": "words that share weight with their neighbours in meaning",
    "word-idf.npy": "inverse document frequencies of such words",
    "word-weights.npy": "shared weights of such words",
    "lenders.npy": "the nearest training words of those never seen in training",
    "pieces.txt": "pieces that other words are cut into",
    "piece-weights.npy": "weights of the pieces",
    "subject-weights.npy": "how much likelier each word is in the training texts",
    "golden.json": "predictions to replay at loading",
    "evaluation.json": "all figures of this report",
    "evaluation-rows.jsonl": "the out-of-fold prediction of each paragraph",
    "evaluation-studies.jsonl": "the predictions behind the studies",
    "training-labels.jsonl": "the labels learnt from, without the texts",
    "run.json": "what training took",
}


def costs_section(source: ReportSource) -> Section:
    return Section("costs", TITLE, QUESTION, (*_training(source.run), *_use(source.run), *_size(source)))


def _training(run: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading("Training and measuring")
    if not run:
        yield Text(
            "Not measured: time, memory and machine. Why: the model folder holds no run.json, which 'framing train' "
            "writes beside the model."
        )
    else:
        yield from _run(run)
    yield Text(
        "Energy and emissions were not measured, and none are estimated: the same minutes take very different energy "
        "on different machines. Nothing here runs on a graphics processor."
    )


def _run(run: Mapping[str, Any]) -> Iterator[Block]:
    seconds, processes = run.get("seconds"), run.get("processes")
    facts = []
    if seconds is not None:
        facts.append(("Time of the whole run", _duration(seconds)))
    if processes is not None:
        facts.append(("Processes that models were fitted in", count(processes)))
    if seconds is not None and run.get("cores"):
        facts.append(("Processor time, at most (time × cores)", _duration(seconds * run["cores"])))
    facts += [
        (name, _bytes(run[key]))
        for key, name in (
            ("peak_memory_bytes", "Most memory of the main process"),
            ("peak_memory_of_a_helper_bytes", "Most memory of one helping process"),
        )
        if run.get(key) is not None
    ]
    machine = [named(run[key]) for key in ("machine", "system") if run.get(key)]
    cores = [counted(run["cores"], "core")] if run.get("cores") is not None else []
    if machine or cores:
        facts.append(("Machine", ", ".join([*machine, *cores])))
    yield Table(("fact", "value"), tuple(facts), (False, True), "What the run that made this model took")
    yield from _stages(run.get("stages") or [], seconds)


def _stages(stages: list[Mapping[str, Any]], seconds: float | None) -> Iterator[Block]:
    if not stages:
        yield Text("How long each stage took was not kept.")
        return
    parts = seconds or 0
    rows = [(named(stage["name"]), _duration(stage["seconds"]), share(stage["seconds"], parts)) for stage in stages]
    yield from bounded("Time by stage", ("stage", "time", "of all"), rows, most=MOST_STAGES)
    yield Text(
        "A stage is timed from its first to its last sign of progress: what lies between stages, such as reading the "
        "labels and saving the model, is in none of them."
    )


def _use(run: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading("Use")
    loading, speed = run.get("load_seconds"), run.get("paragraphs_per_second")
    if loading is None and speed is None:
        yield Text("Not measured: how long the model takes to load and to classify. It is a part of run.json.")
        return
    told = []
    if loading is not None:
        told.append(f"The model loads in {_duration(loading)}, digests checked and golden predictions replayed.")
    if speed is not None:
        told.append(
            f"It marks {counted(speed, 'paragraph')} a second in one process, evidence and candidates included, "
            "measured on articles that it was trained on."
        )
    yield Text(" ".join(told))


def _size(source: ReportSource) -> Iterator[Block]:
    yield Heading("Size")
    files = {name: size for name, size in source.files.items() if name not in COMPANIONS[:2]}
    if not files:
        yield Text("Not measured: the files of the model folder are not known here.")
        return
    total = sum(files.values())
    largest_first = sorted(files.items(), key=lambda item: (-item[1], item[0]))
    rows = [(clipped(name, 80), HOLDS.get(name, ""), count(size), share(size, total)) for name, size in largest_first]
    yield from bounded(
        f"The model folder without report and model card: {counted(len(files), 'file')}, {count(total)} bytes",
        ("file", "holds", "bytes", "of all"),
        rows,
        words=2,
        most=MOST_STAGES,
    )


def _duration(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.2f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.1f} min" if minutes < 120 else f"{minutes / 60:.1f} h"


def _bytes(number: float) -> str:
    return f"{number / 1e9:.2f} GB" if number >= 1e9 else f"{number / 1e6:.1f} MB"

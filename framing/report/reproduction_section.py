"""How to make the model and every figure of the report again."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from framing.artifact.storage import COMPANIONS
from framing.report.display import shown
from framing.report.document import Block, Commands, Heading, ReportSource, Section, Table, Text
from framing.report.phrases import bounded, clipped, named, table

TITLE = "Making it again"
QUESTION = "From what exactly was this made, and how can all of it be checked?"
MOST_SETTINGS = 200
MOST_FILES = 60
LONGEST_VALUE = 300


def reproduction_section(source: ReportSource) -> Section:
    manifest = source.artifact.manifest
    blocks = (
        *_digests(source, manifest),
        *_versions(manifest),
        *_commands(source, manifest),
        *_agreement(),
        *_settings(source, manifest),
        *_chosen(manifest),
        *_files(manifest),
    )
    return Section("reproduction", TITLE, QUESTION, blocks)


def _digests(source: ReportSource, manifest: Mapping[str, Any]) -> Iterator[Block]:
    codebook, labels = source.artifact.codebook, manifest.get("labels", {})
    rows = [
        ("model", manifest.get("digest"), "all files that the manifest lists, and the manifest itself"),
        ("labels", labels.get("digest"), "ids, texts, articles and labels that were learnt from"),
        ("codebook", codebook.digest, f"{named(codebook.name)} {named(codebook.version)}"),
        ("word table", manifest.get("lexicon"), "the word vectors behind smoothing, as they come with the program"),
    ]
    yield table(
        "SHA-256 digests",
        ("of", "digest", "of what"),
        [(name, "none" if digest is None else clipped(str(digest), 80), what) for name, digest, what in rows],
        words=3,
    )
    yield Text(
        "Digests show that something is the same as it was. They do not show who made it: who can change a file can "
        "also change its digest."
    )


def _versions(manifest: Mapping[str, Any]) -> Iterator[Block]:
    rows = [(named(name), named(version)) for name, version in sorted(manifest.get("versions", {}).items())]
    if rows:
        yield from bounded("What it was made with", ("program", "version"), rows, words=2)
    seed = manifest.get("experiment", {}).get("seed")
    yield Text("The seed is not told." if seed is None else f"The seed is {seed}: all that is drawn by lot goes by it.")


def _commands(source: ReportSource, manifest: Mapping[str, Any]) -> Iterator[Block]:
    """Say what to type; names are quoted, so that a name that others gave is never more than a name."""
    name, data = source.artifact.name, manifest.get("experiment", {}).get("data", {})
    folder = shlex.quote(shown(f"artifacts/{name}"))
    ours = data.get("csv") is None
    where = [] if ours else ["--data", shlex.quote(shown(str(data["csv"])))]
    training = ["framing train", shlex.quote(shown(f"experiments/{name}.toml")), *where]
    yield Heading("The commands")
    version = manifest.get("versions", {}).get("framing")
    yield Text(
        "In a clone of the project"
        + ("" if version is None else f", at version {named(version)}")
        + ", with the same Python. The constraints hold the exact versions of all packages. An experiment file is "
        "taken to be named after its experiment, and a model to lie in artifacts/; where the file is not at hand, the "
        "settings below are all that it says."
    )
    if not ours:
        digest = data.get("sha256")
        yield Text(
            f"The data is not ours and does not come with the project: {clipped(str(data['csv']), 200)}, from "
            f"{clipped(str(data.get('source') or 'a source that is not told'), 300)}"
            + (f"; its SHA-256 is {clipped(str(digest), 80)}." if digest else ".")
        )
    yield Commands(
        (
            "python3 -m venv .venv",
            ". .venv/bin/activate",
            "pip install -c constraints.txt .",
            f"{' '.join(training)} --output {shlex.quote(shown(f'artifacts/{name}-again'))}",
        )
    )
    yield Text(
        "'framing verify' checks the model without training: digests, golden predictions, and every figure, which is "
        "computed again from the labels and the predictions that are kept with the model. --quick checks digests and "
        "golden predictions alone, and needs no labels; --refit also fits every fold of every study again, which takes "
        "as long as training. Without it, what inner folds tried and the terms shown as evidence are taken as kept."
    )
    checks = [[], ["--quick"], ["--refit"]]
    yield Commands(
        tuple(
            " ".join(["framing verify", folder, *option, *([] if option == ["--quick"] else where)])
            for option in checks
        )
    )


def _agreement() -> Iterator[Block]:
    yield Text(
        "On the same machine, with the same versions, labels and settings, each file of the model comes out bit for "
        "bit the same, whatever the number of processes; only run.json and the report, which tell the time, do not. "
        "Figures are kept to six decimals, so that one that is computed again from kept predictions agrees to 1e-6."
    )
    yield Text(
        "On another kind of processor, or with other versions of numpy and scipy, sums may be rounded in another "
        "order: weights then differ in late digits, and where inner folds chose between settings that were all but "
        "equal they may choose another. How far figures move by that is not measured here. Loading a model allows its "
        "golden predictions a difference of 1e-9."
    )


def _settings(source: ReportSource, manifest: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading("Every setting")
    settings = manifest.get("experiment")
    if not settings:
        yield Text("The settings were not kept with this model.")
        return
    kept = source.evaluation["protocol"]["experiment"]
    if kept != settings:
        yield Text(
            "The evaluation was made by other settings than the model; those of the model stand below.", kind="caution"
        )
    yield Text("As an experiment file has them; lists hold the values that inner folds chose from.")
    rows = [(clipped(key, 80), _toml(value)) for key, value in _flat(settings)]
    yield from bounded("Settings", ("key", "value"), rows, words=2, most=MOST_SETTINGS)


def _chosen(manifest: Mapping[str, Any]) -> Iterator[Block]:
    chosen = {key: value for key, value in manifest.get("chosen", {}).items() if not key.startswith("tried")}
    if chosen:
        rows = [(clipped(key.replace("_", " "), 80), _toml(value)) for key, value in sorted(chosen.items())]
        yield from bounded("What inner folds chose for the model that ships", ("choice", "value"), rows, words=2)


def _files(manifest: Mapping[str, Any]) -> Iterator[Table | Text]:
    rows = [
        (clipped(name, 80), f"{entry['bytes']:,}", clipped(str(entry["sha256"]), 80))
        for name, entry in sorted(manifest.get("files", {}).items())
        if name not in COMPANIONS
    ]
    if not rows:
        return
    for block in bounded("Files, as the manifest lists them", ("file", "bytes", "SHA-256"), rows, most=MOST_FILES):
        if isinstance(block, Table):
            yield Table(block.columns, block.rows, (False, True, False), block.caption)
        else:
            yield block


def _flat(settings: Mapping[str, Any], parents: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{parents}{key}.")
        else:
            yield f"{parents}{key}", value


def _toml(value: Any) -> str:
    """Write a value as TOML would; what is left out of a file has none."""
    return "(not set)" if value is None else clipped(json.dumps(value, ensure_ascii=False), LONGEST_VALUE)

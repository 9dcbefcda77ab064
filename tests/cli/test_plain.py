from __future__ import annotations

import dataclasses
import inspect
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from framing.cli.app import imported
from framing.cli.classifying import PLAIN_OPTIONS, CorpusOptions, Format, Kind, classify_sources
from framing.cli.plain import plain_arguments

CLASSIFY = imported("classify")
# What the command does when it is given nothing but inputs.
DEFAULTS = {
    name: parameter.default
    for name, parameter in inspect.signature(classify_sources).parameters.items()
    if name not in ("inputs", "corpus")
} | dataclasses.asdict(CorpusOptions())

# Options and their values as they are meant, and as they are not.
options = st.sampled_from(
    [*PLAIN_OPTIONS, "--accept", "--formt", "--form", "--help", "--", "-", "-fcsv", "--format=csv", "-of"]
)
values = st.sampled_from(
    ["table", "jsonl", "csv", "TABLE", "txt", "auto", "parquet", "model/", "out.csv", "state", "", "0.9"]
)
any_words = st.lists(st.one_of(options, values, st.text(max_size=6)), max_size=8)


@given(any_words)
@example(["a.txt", "-f", "jsonl", "-", "--output", "out", "b.txt"])
@example(["--model", "m", "a.txt"])
@example(["a.txt", "--outlet", ""])
def test_what_is_read_plainly_is_what_typer_reads(words: list[str]) -> None:
    read = plain_arguments(words, PLAIN_OPTIONS)
    if read is None:
        return
    with CLASSIFY.make_context("classify", list(words)) as context:
        assert DEFAULTS | read == context.params
        for name, value in read.items():
            assert isinstance(context.params[name], Path) is isinstance(value, Path)


@pytest.mark.parametrize(
    "words",
    [
        [], ["--format", "csv"], ["a.txt", "--format"], ["a.txt", "--format", "xml"], ["a.txt", "--format=csv"],
        ["a.txt", "-fcsv"], ["a.txt", "-f", "csv", "--format", "csv"], ["a.txt", "--help"], ["--", "a.txt"],
        ["a.txt", "--output", "-"], ["a.txt", "--output", "--format"], ["a.txt", "--form", "csv"],
    ],
)  # fmt: skip
def test_what_could_be_misread_is_left_to_typer(words: list[str]) -> None:
    assert plain_arguments(words, PLAIN_OPTIONS) is None


def test_words_become_values() -> None:
    words = ["a.txt", "--format", "csv", "--model", "here", "-o", "out.csv", "-", "--input-format", "txt"]
    assert plain_arguments(words, PLAIN_OPTIONS) == {
        "inputs": ["a.txt", "-"],
        "format_": Format.csv,
        "model": Path("here"),
        "output": "out.csv",
        "input_format": Kind.txt,
    }


def test_every_option_is_one_of_the_command_with_the_same_parameter() -> None:
    known = {option: parameter.name for parameter in CLASSIFY.params for option in parameter.opts}
    assert {option: name for option, (name, _) in PLAIN_OPTIONS.items()}.items() <= known.items()


def test_what_is_not_given_is_the_same_for_both() -> None:
    with CLASSIFY.make_context("classify", ["a.txt"]) as context:
        assert context.params == {"inputs": ["a.txt"]} | DEFAULTS


def test_both_ways_give_the_same_bytes(run, saved_model: Path, root: Path) -> None:
    article = root / "experiments" / "examples" / "corridor-talks.txt"
    words = ["--model", str(saved_model), str(article)]
    assert plain_arguments(words, PLAIN_OPTIONS) is not None
    assert plain_arguments([*words, "--format=table"], PLAIN_OPTIONS) is None
    plainly, by_typer = run("classify", *words), run("classify", *words, "--format=table")
    assert (plainly.code, plainly.stderr) == (0, "")
    assert plainly == by_typer

from __future__ import annotations

import inspect
import re
from importlib import import_module

import pytest
import typer

from framing.cli.app import SUMMARIES, app, imported

COMMANDS = sorted(SUMMARIES)


def test_every_command_is_listed_with_the_first_paragraph_of_its_own_help() -> None:
    for name, summary in SUMMARIES.items():
        declared = getattr(import_module(f"framing.cli.{name}"), name)
        told = declared.info.help if isinstance(declared, typer.Typer) else inspect.getdoc(declared)
        assert " ".join(told.partition("\n\n")[0].split()) == summary, name


def test_help_lists_them_all_in_their_order(run) -> None:
    listed = re.findall(r"^│ ([a-z]+) ", run("--help", columns=200).text, re.MULTILINE)
    assert listed == list(SUMMARIES)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_is_reached_with_all_of_its_parameters(run, name: str) -> None:
    result = run(name, "--help", columns=200)
    assert (result.code, result.stderr) == (0, "")
    assert f"Usage: framing {name}" in result.text
    options = [option for parameter in imported(name).params for option in parameter.opts if option.startswith("--")]
    assert (options == []) is (name == "labels")
    assert all(option in result.text for option in options)


def test_commands_of_a_group_are_reached(run) -> None:
    names = list(imported("labels").commands)
    assert len(names) == 6
    listed = run("labels", "--help", columns=200).text
    for name in names:
        assert f"│ {name} " in listed
        assert f"Usage: framing labels {name}" in run("labels", name, "--help", columns=200).text
    assert "--install-completion" not in listed


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["clasify", "x.txt"], "No such command 'clasify'. Did you mean 'classify'?"),
        (["labels", "agrement"], "No such command 'agrement'. Did you mean 'agreement'?"),
        (["classify"], "Missing argument 'INPUT...'"),
        (["classify", "x.txt", "--formt", "csv"], "No such option: --formt"),
        (["classify", "x.txt", "--format", "xml"], "'xml' is not one of"),
        (["classify", "x.txt", "--accept", "most"], "--accept"),
        (["--no-such"], "No such option: --no-such"),
        (["\x1b[31m"], "No such command"),
    ],
)
def test_what_is_mistyped_is_a_usage_error(run, words: list[str], told: str) -> None:
    result = run(*words, columns=200)
    assert (result.code, result.stdout) == (2, b"")
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_without_a_command_help_is_shown(run) -> None:
    result = run()
    assert result.code == 2
    assert "Usage: framing" in result.text + result.stderr


def test_the_group_can_be_made_a_command_as_typer_makes_it() -> None:
    group = typer.main.get_command(app)
    assert list(group.commands) == list(SUMMARIES)  # type: ignore[attr-defined]

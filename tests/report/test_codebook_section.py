from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from framing.codebook import Change, Frame
from framing.report.codebook_section import codebook_section
from framing.report.document import Heading, ReportSource, Section, Table


@pytest.mark.parametrize("name", ["default_source", "headlines_source", "bare_source", "undefined_source"])
def test_every_kind_of_evaluation_gives_a_section(
    name: str, request: pytest.FixtureRequest, check_blocks: Callable[[Section], None]
) -> None:
    check_blocks(codebook_section(request.getfixturevalue(name)))


def test_bad_names_stay_plain_text(hostile_source: ReportSource, check_blocks: Callable[[Section], None]) -> None:
    check_blocks(codebook_section(hostile_source))


def test_every_frame_is_defined_with_its_rules(
    default_source: ReportSource, words: Callable[[Section], str], tables: Callable[[Section], dict[str, Table]]
) -> None:
    section, codebook = codebook_section(default_source), default_source.artifact.codebook
    told = words(section)
    assert codebook.digest in told
    assert f"version {codebook.version}" in told
    for frame in codebook.frames:
        assert f"Label: {frame.id}. Question: {frame.question}" in told
        assert " ".join(frame.definition.split()) in told
        rows = tables(section)[f"Rules and examples of {frame.title}"].rows
        assert rows == (
            *(("counts", " ".join(rule.split())) for rule in frame.include),
            *(("does not count", " ".join(rule.split())) for rule in frame.exclude),
            *(("example", " ".join(text.split())) for text in frame.examples),
        )
    rules = tables(section)["Coding rules"].rows
    assert [row[0] for row in rules] == [name for name, group in codebook.rules for _ in group]


def test_figures_of_another_codebook_are_warned_of(
    default_source: ReportSource, changed: Callable[..., ReportSource], cautions: Callable[[Section], str]
) -> None:
    assert cautions(codebook_section(default_source)) == ""
    other = changed(protocol=default_source.evaluation["protocol"] | {"codebook": "0" * 64})
    assert "measured with another state of the codebook" in cautions(codebook_section(other))


def test_a_codebook_of_names_alone_says_that_it_defines_nothing(
    headlines_source: ReportSource, words: Callable[[Section], str], cautions: Callable[[Section], str]
) -> None:
    section = codebook_section(headlines_source)
    assert "9 frames: economic" in words(section)
    assert "There is no residual label" in words(section)
    assert "defines none of them" in cautions(section)


def test_its_history_is_told(default_source: ReportSource, tables: Callable[[Section], dict[str, Table]]) -> None:
    changes = (
        Change("1.1", frames=("geopolitical",), renamed=(("old", "new"),), note="Narrower."),
        Change("1.2", rules=("dominant",)),
    )
    codebook = replace(default_source.artifact.codebook, changes=changes)
    source = replace(default_source, artifact=replace(default_source.artifact, codebook=codebook))
    assert tables(codebook_section(source))["What changed"].rows == (
        ("1.1", "geopolitical; old became new", "none", "Narrower."),
        ("1.2", "all labels", "dominant", ""),
    )


def test_many_frames_are_cut(default_source: ReportSource, words: Callable[[Section], str]) -> None:
    frames = tuple(Frame(f"f{place}", f"F{place}", definition="Something.") for place in range(60))
    codebook = replace(default_source.artifact.codebook, frames=frames)
    source = replace(default_source, artifact=replace(default_source.artifact, codebook=codebook))
    section = codebook_section(source)
    assert "35 more frames are in codebook.json." in words(section)
    assert sum(isinstance(block, Heading) and block.text.startswith("F") for block in section.blocks) == 25

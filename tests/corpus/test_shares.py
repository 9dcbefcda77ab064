from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.artifact.classified import ClassifiedParagraph
from framing.codebook import of_labels, read_codebook
from framing.corpus.shares import frame_shares

CODEBOOK = read_codebook(Path(__file__).parents[2] / "labels" / "codebook.toml")


def classified(frame: str | None, *, boilerplate: bool = False) -> ClassifiedParagraph:
    return ClassifiedParagraph(
        article="a.txt",
        paragraph=0,
        start=0,
        end=4,
        text="Text",
        frame=frame,
        probability=None,
        probabilities=None,
        uncertain=None,
        candidates=None,
        evidence=[],
        shares=None,
        borrowed={},
        boilerplate=boilerplate,
        warnings=[],
        model="m",
    )


def test_boilerplate_is_counted_apart() -> None:
    first, second, *_ = CODEBOOK.labels
    paragraphs = [
        classified(first),
        classified(second),
        classified(first),
        classified(CODEBOOK.residual, boilerplate=True),
    ]
    mix = frame_shares(paragraphs, CODEBOOK)
    assert (mix.paragraphs, mix.boilerplate) == (3, 1)
    assert mix.counts == {label: {first: 2, second: 1}.get(label, 0) for label in CODEBOOK.labels}
    assert mix.shares[first] == pytest.approx(2 / 3)
    assert tuple(mix.shares) == CODEBOOK.labels


def test_nothing_classified_has_shares_of_nothing() -> None:
    mix = frame_shares([classified(None, boilerplate=True)], of_labels("bare", ["a", "b"]))
    assert mix.shares == {"a": 0, "b": 0}
    assert (mix.paragraphs, mix.boilerplate) == (0, 1)


def test_a_label_of_another_codebook_is_no_share_of_this_one() -> None:
    with pytest.raises(KeyError):
        frame_shares([classified("elsewhere")], CODEBOOK)


@given(st.lists(st.tuples(st.sampled_from(CODEBOOK.labels), st.booleans())))
def test_counts_add_up(rows: list[tuple[str, bool]]) -> None:
    mix = frame_shares((classified(frame, boilerplate=boilerplate) for frame, boilerplate in rows), CODEBOOK)
    assert mix.paragraphs + mix.boilerplate == len(rows)
    assert sum(mix.shares.values()) == pytest.approx(1 if mix.paragraphs else 0)

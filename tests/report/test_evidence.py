import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from framing.model.tokens import pairs, tokens
from framing.report.evidence import evidence_runs


def evidence(text: str, *terms: str) -> list[str]:
    return [run for run, is_evidence in evidence_runs(text, terms) if is_evidence]


@pytest.mark.parametrize(
    ("text", "terms", "found"),
    [
        ("The Raid began; a second raid failed.", ["raid"], ["Raid", "raid"]),
        ("Raiders raided a raid-proof base.", ["raid"], ["raid"]),
        ("They seized a rifle.", ["seized rifle"], ["seized a rifle"]),
        ("They seized the rifle.", ["seized rifle"], []),
        ("three large trucks", ["three large", "large trucks"], ["three large trucks"]),
        ("three large trucks", ["large", "three large"], ["three large"]),
        ("trucks", ["trucks"], ["trucks"]),
        ("İzmir was calm, İzmir slept.", ["zmir", "slept"], ["zmir", "zmir", "slept"]),
        ("ΟΔΟΣ closed", ["οδος"], ["ΟΔΟΣ"]),
        ("Straße und STRASSE", ["strasse"], ["STRASSE"]),
        ("В сёлах ТИХО", ["тихо"], ["ТИХО"]),
        ("", ["word"], []),
        ("nothing here", [], []),
    ],
)
def test_words_are_found_as_the_model_sees_them(text: str, terms: list[str], found: list[str]) -> None:
    assert evidence(text, *terms) == found


@given(st.text(), st.lists(st.text(max_size=5), max_size=4))
def test_runs_are_the_text(text: str, terms: list[str]) -> None:
    runs = evidence_runs(text, terms)
    assert "".join(run for run, _ in runs) == text
    assert all(run for run, _ in runs)


@given(st.text(st.sampled_from("aİbßΣς ẞ.é"), max_size=30), st.data())
@example("İİ ab", None)
def test_every_term_of_the_text_is_found(text: str, data: st.DataObject | None) -> None:
    words = tokens(text)
    every_term = words + pairs(words)
    if not every_term:
        return
    term = data.draw(st.sampled_from(every_term)) if data else every_term[-1]
    found = evidence(text, term)
    assert found
    # Folded: a sigma at the end of a run is not lower-cased as it is inside the text.
    assert all(term.split()[0].casefold() in run.casefold() for run in found)


def test_without_capital_letters_that_grow_every_run_is_words() -> None:
    assert evidence_runs("old words, new words", ["words"]) == [
        ("old ", False),
        ("words", True),
        (", new ", False),
        ("words", True),
    ]

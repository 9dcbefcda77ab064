from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from framing.model.masking import NAME_SIGN, mask_names, names
from framing.model.tokens import tokens


def found(text: str) -> list[str]:
    return [text[start:end] for start, end in names(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Shells fell on Port Zaria before dawn.", ["Port Zaria"]),
        ("He spoke for the Taliban and for nobody else.", ["Taliban"]),
        ("A convoy of the NDF was hit by Lashkar-e-Noor.", ["NDF", "Lashkar-e-Noor"]),
        ("It was aimed at al-Qadr and at Abu Zayd al-Masri.", ["al-Qadr", "Abu Zayd al-Masri"]),
        ("Rebels of the M23 fled the Democratic Republic of the Congo.", ["M23", "Democratic Republic of the Congo"]),
        ("It was told by Juan de la Torre and Aziz bin Talal.", ["Juan de la Torre", "Aziz bin Talal"]),
        ("He named the Front for the Defence of Casamar.", ["Front for the Defence of Casamar"]),
        ("The drive to Nairobi-based donors and pro-Moscow deputies failed.", ["Nairobi", "Moscow"]),
        ("Talks in Sana'a, in N'Zara and in Côte d'Or went on.", ["Sana'a", "N'Zara", "Côte d'Or"]),
        ("Troops of Kenya's army and the Turks’ allies met.", ["Kenya", "Turks"]),
        ("It was signed by J. R. Karim.", ["J. R. Karim"]),
        ("An envoy of the U.S. left with the Chinese diplomats.", ["U.S", "Chinese"]),
    ],
)
def test_finds_names_with_their_particles(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Soldiers searched the village on Friday, 12 March, before Ramadan.",
        "It was the Prime Minister who told the Defence Ministry and Parliament.",
        "The Supreme Court, the Army and the Security Council were told by the President.",
        "Some were Muslim, some Christian, and none was an Islamist.",
        "I think that I was right. Yesterday I said so: Nobody listened. \"We know,\" she said.",
        "Two IEDs and an RPG-7 were found in the NGO's yard; an F-16 circled.",
        "Villagers fled. Houses burnt! Why? Nobody knows…",
        "It's late.\nThat's all.\n- Reports follow",
    ],
)  # fmt: skip
def test_leaves_days_offices_bodies_of_any_state_and_beliefs(text: str) -> None:
    assert found(text) == []


def test_a_sentence_begins_with_a_name_only_where_that_is_clear() -> None:
    assert found("Mirwana fell.") == []
    assert found("Mirwana fell, and all Mirwana knew.") == ["Mirwana", "Mirwana"]
    assert found("Mirwana Shah fell.") == ["Mirwana Shah"]
    assert found("QUETTA: The town fell.") == ["QUETTA"]
    assert found("Mirwana's fall was swift.") == ["Mirwana"]
    assert found("Children's shoes lay there. Today's count is higher.") == []
    assert found("Troops left, and other troops came. Troops Friday had none.") == []


def test_titles_before_a_name_and_abbreviations_are_no_end_of_a_sentence() -> None:
    assert found("It was led by Gen. Dostan near St. Ives and by Lt Col Haroun.") == ["Dostan", "St. Ives", "Haroun"]


@pytest.mark.parametrize("text", ["REBELS TAKE KANDRA FROM THE ARMY", "Rebels Take Kandra From Army With Tanks"])
def test_capitals_everywhere_tell_nothing(text: str) -> None:
    assert mask_names([text]) == [text]


def test_a_list_of_persons_is_no_heading() -> None:
    assert len(found("Adan Nawar, Ghul Mustar, Waris Kahn, Munir Ahmar")) == 4


def test_one_sign_for_each_name_and_each_text_by_itself() -> None:
    masked = mask_names(["He left Addis Zemen for Goma's port.", "Goma burnt."])
    assert masked == [f"He left {NAME_SIGN} for {NAME_SIGN}'s port.", "Goma burnt."]


PIECES = """
    The Kabul kabul KABUL Army army of the de De la al-Shab Al-Shab Gen Gen. St. U.S. U.S M23 F-16 I X X. II Monday
    President Vice-President anti-Kurdish pro- state-run Muslim Bank Front for Ministry and Zaria's Zaria’s n't -e-
    élan Élan ʼ ’ ' " ( ) , . : — - ! İs ß ǅ said maskedname Dozens Members
"""
TEXTS = st.lists(
    st.tuples(st.sampled_from([*PIECES.split(), "\n"]), st.sampled_from(["", " ", " ", " ", ". ", "\n"])), max_size=25
).map(lambda pairs: "".join(piece + gap for piece, gap in pairs))


@given(TEXTS | st.text(max_size=80))
@example("De Kabul de Kabul. De")
@example("the U.S. Zaria fell")
def test_spans_are_apart_and_in_order_and_masking_twice_is_masking_once(text: str) -> None:
    spans = names(text)
    bounds = [0, *(place for span in spans for place in span), len(text)]
    assert bounds == sorted(bounds)
    assert all(start < end and text[start].strip() and text[end - 1].strip() for start, end in spans)
    [masked] = mask_names([text])
    assert names(masked) == []
    assert mask_names([masked]) == [masked]
    kept = [text[end:start] for end, start in zip(bounds[::2], bounds[1::2], strict=True)]
    assert masked == NAME_SIGN.join(kept)


@given(TEXTS)
def test_the_tokeniser_sees_a_sign_for_each_name(text: str) -> None:
    text = text.replace(NAME_SIGN, "")
    [masked] = mask_names([text])
    assert tokens(masked).count(NAME_SIGN) == len(names(text))


@given(st.text(max_size=100).map(str.upper))
def test_texts_in_capitals_stay(text: str) -> None:
    if sum(map(str.isupper, text)) > sum(map(str.islower, text)):
        assert mask_names([text]) == [text]


UNITS = ("A.", "a.b.", "Abc-", "' ", "((", '"(', "Kabul of the ", "’", "Kabul. ", " - ")


@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_with_the_text_only(unit: str) -> None:
    """Were the time quadratic, or worse, this would take minutes."""
    assert len(names(unit * 50_000 + "x")) <= 50_000

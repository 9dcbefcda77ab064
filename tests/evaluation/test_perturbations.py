from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.evaluation.name_kinds import Cues, names_by_kind
from framing.evaluation.perturbations import AddSentence, ChangeNumbers, RenameNames, SwapLetters

CUES = {
    "place": Cues(before=frozenset({"in", "near"}), within=frozenset({"north"})),
    "people": Cues(after=frozenset({"troops"}), endings=("ani", "anis")),
    "group": Cues(
        names=frozenset({"taliban"}), after=frozenset({"fighters"}), within=frozenset({"army", "front", "liberation"})
    ),
    "person": Cues(before=frozenset({"gen", "minister"})),
}
INVENTED = {
    "place": ("Velmar", "Zorth"),
    "people": ("Velmari",),
    "group": ("Tolmeri", "Bolkara", "TVK", "ORL"),
    "person": ("Tarvel", "Omesh", "Korin"),
}


def rename(*texts: str, kinds=("place", "people", "group", "person"), keep=frozenset(), seed=1) -> list[str]:
    renamer = RenameNames("names", kinds, CUES, keep, INVENTED)
    return renamer.perturb(texts, lambda place: np.random.default_rng((seed, place)))


def one(perturbation, text: str, seed: int = 0) -> str:
    return perturbation.perturb([text], lambda place: np.random.default_rng((seed, place)))[0]


def test_the_mentions_of_a_name_in_all_texts_vote_on_its_kind() -> None:
    texts = ["It was said that Bakra fell.", "They met in Bakra and fought near Bakra.", "There Bakra fighters stood."]
    found = names_by_kind(texts, CUES, frozenset())
    assert [[kind for *_, kind in names] for names in found] == [["place"], ["place", "place"], ["place"]]
    assert names_by_kind(texts, CUES, frozenset({"bakra"})) == [[], [], []]


def test_initials_are_a_group_or_nothing() -> None:
    found = names_by_kind(
        ["He fought in PKA ranks.", "It was near ORT that the ORT fighters stood."], CUES, frozenset()
    )
    assert [[kind for *_, kind in names] for names in found] == [[], ["group", "group"]]


def test_a_name_keeps_its_new_name_within_a_text_and_its_common_words() -> None:
    [text] = rename(
        "They met in North Bakra. The road to Bakra, and all of Bakra, is near North Bakra.", kinds=("place",)
    )
    [town] = {"Velmar", "Zorth"} & set(re.findall(r"\w+", text))
    assert text == f"They met in North {town}. The road to Bakra, and all of Bakra, is near North {town}."


def test_who_was_named_in_full_is_known_by_the_last_name() -> None:
    [text] = rename("It was Gen. Adan Khalaf who spoke; then Khalaf left with Mirza.", kinds=("person",))
    renamed = re.fullmatch(r"It was Gen\. (\w+) (\w+) who spoke; then (\w+) left with Mirza\.", text)
    assert renamed is not None
    assert renamed[2] == renamed[3]
    assert {renamed[1], renamed[2]} < set(INVENTED["person"])


def test_initials_plurals_capitals_articles_and_genitives_are_kept() -> None:
    assert rename("Then an Afani soldier of the Afani troops met two Afanis.", "Here Afanis troops stood.") == [
        "Then a Velmari soldier of the Velmari troops met two Velmaris.",
        "Here Velmaris troops stood.",
    ]
    [text] = rename("It was the ABC fighters' and the Bakran Liberation Army's day in BAKRATOWN's square.")
    assert re.fullmatch(
        r"It was the (TVK|ORL) fighters' and the (Tolmeri|Bolkara) Liberation Army's day in (VELMAR|ZORTH)'s square\.",
        text,
    )


def test_only_the_kinds_that_are_asked_for_and_never_what_is_kept() -> None:
    text = "It was in Bakra that the Taliban met Minister Khalaf."
    assert "Bakra" in rename(text, kinds=("group",))[0]
    assert "Taliban" not in rename(text, kinds=("group",))[0]
    assert rename(text, keep=frozenset({"bakra", "taliban", "khalaf"})) == [text]


def test_more_names_than_invented_words_still_get_one() -> None:
    towns = ["Aba", "Bebo", "Cira", "Dofa", "Efra"]
    [text] = rename(" and ".join(f"in {town}" for town in towns) + ".")
    assert not any(town in text for town in towns)


NUMBERS = ChangeNumbers("numbers", frozenset({"article"}))


@pytest.mark.parametrize(
    "text",
    [
        "It began in 1998 and ended in 2014.",
        "Under Article 7 the M23, an AK-47 and a 19-year-old are named; one man saw it.",
        "A 2/3 share, version 1.2.3, the 4th and 12:30 stay.",
        "Nobody came.",
        "The two sides and two-thirds of them agreed.",
        "Two states met, and nothing divides the two.",
    ],
)
def test_what_is_no_quantity_stays(text: str) -> None:
    assert one(NUMBERS, text) == text


@given(st.integers(0, 50), st.integers(2, 999), st.integers(2, 9))
def test_numbers_change_alike_and_stay_in_order(seed: int, count: int, times: int) -> None:
    before = f"Of {count} men, some {count * times} others and {count} again"
    found = [int(number) for number in re.findall(r"\d+", one(NUMBERS, before, seed))]
    assert found[0] == found[2] != count
    assert found[0] < found[1] or count * times in range(1900, 2100)
    assert re.sub(r"\d+", "#", one(NUMBERS, before, seed)) == re.sub(r"\d+", "#", before)


@given(st.integers(0, 200))
def test_dates_hours_and_shares_stay_plausible(seed: int) -> None:
    text = one(NUMBERS, "On May 30 and 2 June, at 11 p.m., some 97 per cent of 1,200,000 paid 3.50 each.", seed)
    may, june, hour, share, people, paid = re.findall(r"[\d.,]*\d", text)
    assert 1 <= int(may) <= 28
    assert 1 <= int(june) <= 28
    assert 1 <= int(hour) <= 12
    assert 50 < float(share) < 100
    assert re.fullmatch(r"[\d,]+00,000", people)
    assert people != "1,200,000"
    assert re.fullmatch(r"\d\.\d\d", paid)


@given(st.integers(0, 50))
def test_number_words_go_up_together(seed: int) -> None:
    text = one(NUMBERS, "Two or three of them, twenty at most, had nine.", seed)
    assert text in {
        "Three or four of them, thirty at most, had ten.",
        "Four or five of them, forty at most, had eleven.",
        "Five or six of them, fifty at most, had twelve.",
    }


def test_a_sentence_is_added_before_or_after_and_never_to_a_short_text() -> None:
    adding = AddSentence("boilerplate", ("Read this.",), ("Write us.",))
    long = "Troops went into the hills at night."
    assert {one(adding, long, seed) for seed in range(20)} == {f"Read this. {long}", f"{long} Write us."}
    assert one(adding, "Troops went away.") == "Troops went away."


@given(
    st.lists(st.text(st.characters(categories=["L", "Nd", "P"]), min_size=1, max_size=9), max_size=60),
    st.integers(0, 9),
)
def test_typos_swap_neighbours_in_one_word_of_ten(words: list[str], seed: int) -> None:
    text = " ".join(words)
    changed = one(SwapLetters("typos", 10), text, seed)
    before, after = text.split(), changed.split()
    touched = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert len(touched) <= round(len(before) / 10)
    for old, new in touched:
        assert sorted(old) == sorted(new)
    assert sum(old != new for old, new in zip(text, changed, strict=True)) <= 2 * round(len(before) / 10)


def test_a_typo_leaves_the_first_letter() -> None:
    changed = {one(SwapLetters("typos", 1), "soldier", seed) for seed in range(30)}
    assert len(changed) == 5
    assert all(word[0] == "s" and word != "soldier" for word in changed)


def test_the_same_streams_give_the_same_texts() -> None:
    text = "In Bakra 12 men and 40 women of the Taliban met Gen Khalaf near the bridge at night. " * 3
    for perturbation in (NUMBERS, SwapLetters("typos", 3), RenameNames("n", ("place",), CUES, frozenset(), INVENTED)):
        assert one(perturbation, text, 3) == one(perturbation, text, 3)
        assert len({one(perturbation, text, seed) for seed in range(12)}) > 1


@pytest.mark.parametrize("unit", ["in Bakra ", "1,", "12 ", "May ", "1.", "two-", "ab cde fghi ", "an Afani troops "])
def test_time_grows_with_the_text_only(unit: str) -> None:
    """Were the time quadratic, or worse, this would take minutes."""
    text = unit * 10_000 + "x"
    renamed = RenameNames("n", ("place", "people"), CUES, frozenset(), INVENTED)
    for perturbation in (NUMBERS, SwapLetters("typos"), renamed):
        assert len(text) / 4 < len(one(perturbation, text)) < 4 * len(text)

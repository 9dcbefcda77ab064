import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.text.boilerplate import is_boilerplate, repeats
from framing.text.dates import is_date

BOILERPLATE = [
    # links
    *(
        "Read more",
        "READ MORE: Nine villages without water",
        "Also read: Nine villages",
        "See also",
        "Related Articles",
    ),
    *("More on this story", "Related: The long road home", "À lire aussi : La route", "Lea también: El camino"),
    *("Lesen Sie auch: Der lange Weg", "You may also like", "Most read"),
    # agencies, newsrooms, datelines
    *(
        "Agence France-Presse",
        "(Reuters)",
        "AFP, Bamako",
        "The Example News Agency",
        "BBC News, 3 May 2020",
        "Web Desk",
    ),
    *("Our Special Correspondent", "Kidal, 21 May 2014"),
    # who wrote it
    *("By Anna Example", "By: Anna Example and Paul Model", "By Anna Example, 2 August 2024", "Par Anne Exemple"),
    *("(Reporting by Anna Example in Dakar; editing by Paul Model)", "With inputs from PTI", "Anna Example reports"),
    *("Additional reporting by Anna Example and Paul Model", "Source: example.org", "(Source: Lusa agency)"),
    *("(Reporting by the northern bureau; editing by the night desk)", "From our correspondent in Port Example"),
    *("By our city staff | Updated 06:15", "By a staff reporter"),
    # when
    *("3 May 2020", "Monday, May 3, 2020, 14:05 GMT", "lundi 3 mars 2014", "3. März 2014, 12:04 Uhr", "2020-05-03"),
    *("Published in The Daily Example, March 3rd, 2015", "Updated: 3 May 2020 14:05", "Last updated 15 August 2023"),
    "This article is more than 5 years old",
    # share bars and readers
    *("Share", "Share this article", "Tweet Share on Facebook Email", "Click to share on X (Opens in new window)"),
    *("Listen | RSS | Print", "Comments are closed.", "0 comments", "Leave a comment", "Tags: valley, river"),
    *("Log in to comment", "Follow us on X", "Subscribe to our newsletter", "Sign up for our daily newsletter"),
    "Share: Email · Print · Copy link · Save for later",
    "You have read three of your five free stories this month. Subscribe for less than a coffee a week.",
    *("Already a subscriber? Sign in.", "You have 2 free articles left this week"),
    *("The letter goes out on Mondays. Sign up to receive it.", "Letters to the editor should be short and signed."),
    "Extracts from this report may be reproduced if the source is named.",
    # the page
    *("ADVERTISEMENT", "[Advertisement. The story continues below]", "© 2024 Example Media", "Home » News » Africa"),
    *("Copyright 2024 The Example. All rights reserved.", "We use cookies to improve this site.", "Skip to content"),
    *("Photo: AFP", "Picture: for illustration only", "File photo", "Photo credit: Anna Example/AFP", "5 min read"),
    *("* * *", "–", "🙂🙂", "___"),
]
STORY = [
    "From our village they took nine men",
    "By our count nine men died at the bridge",
    "You have taken our land and our freedom",
    "The general said the order cannot be reversed. Sign up, he told the boys.",
    "The pamphlet may be printed and handed out in every village, the front said",
    "Nine dead",
    "By Friday morning the rebels had taken the town",
    "By Supporting Rebels, Chad Gambles With Its Future",
    "Army Kills Rebels, 3 May 2020",
    "Market Bombing, 14 October 2017",
    "May 2020",
    "Reporting by the mission shows that 300 people died.",
    "Reuters saw the bodies of nine men",
    "Army reports heavy losses",
    "Photo: soldiers carry a wounded man out of the market",
    "File photo: troops on the bridge after the ambush of last week",
    "Sign up for the militia, boys are told",
    "Get out, the army tells villagers by email",
    "Source: army killed nine villagers in raid",
    "Posted to the border, soldiers mutiny",
    "Published figures show a rise in attacks",
    "Share of the gold goes to the militia",
    "Copyright law was used against the paper",
    "Home to thousands of displaced, the camp burns",
    "Related violence killed nine",
    "Read more books, minister tells rebels",
    "Follow the money, say villagers",
    "Troops leave | AFP",
    "AFP, NPA Clash",
    "Army Kills Nine | Share",
    "‘They should be ashamed’",
    "Our correspondent in the north was told that the bridge had fallen and that nine men had drowned.",
    "Par la force des armes, ils ont pris la ville",
    "The valley, the river and the hills",
]


@pytest.mark.parametrize("text", BOILERPLATE)
def test_what_a_page_prints_round_a_story_is_marked(text):
    assert is_boilerplate(text)


@pytest.mark.parametrize("text", STORY)
def test_headlines_captions_and_sentences_are_left_alone(text):
    assert not is_boilerplate(text)


@pytest.mark.parametrize("note", [text for text in BOILERPLATE if any(sign.isalpha() for sign in text)])
def test_a_paragraph_that_only_begins_like_a_note_is_left_alone(note):
    story = (
        "The road through the valley was closed at noon, and nobody came to mend the bridge before the rains set in. "
    )
    assert not is_boilerplate(f"{note} {story * 3}")


def test_repeats_marks_later_ones_of_short_lines_only():
    long = "a long line " * 12
    assert repeats(["Live", "He said so.", "Live", "He said so.", long, long, "Live"]) == [
        *(False, False, True, False, False, False, True)
    ]


@given(st.text(max_size=300))
def test_any_text_is_judged(text):
    assert is_boilerplate(text) in (True, False)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 300,
        "- " * 150,
        "by " * 100,
        "A B, " * 60,
        "Get " + "a " * 148,
        "home » " * 43,
        "share " * 50,
        "| " * 150,
        "Photo: " + "A " * 55,
        "x" * 5_000_000,
        "sign up " * 37,
        "follow " + "x " * 140,
        " " * 2_000_000 + "a",
        "1 " * 40,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_hostile_texts_are_judged_at_once(text):
    start = time.monotonic()
    is_boilerplate(text)
    assert time.monotonic() - start < 1


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("January 5, 2024", True),
        ("18th of May, 2023", True),
        ("Wed, 21 May 2003", True),
        ("2024-01-05T10:00Z", True),
        ("05/01/2024", True),
        ("5 de enero de 2024", True),
        ("2024", False),
        ("May 2024", False),
        ("on the day", False),
        ("24 January: nine dead", False),
        ("", False),
        ("3 of the 5", False),
    ],
)
def test_dates(text, date):
    assert is_date(text) is date

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
    *(
        "Editor: Example",
        "[Web editor: Paul Model]",
        "Source: Xinhua   2018-05-27 19:16:40",
        "Authors: A. Model, B. Model",
    ),
    *("Show comments", "Link to comment", "Share on other sites", "Create an account", "Top Stories", "Now reading"),
    *("Press “Enter” to skip to content", "Editor’s Choice", "https://www.example.org/news/1?x=y"),
    # share bars and readers
    *("Share", "Share this article", "Tweet Share on Facebook Email", "Click to share on X (Opens in new window)"),
    *("Listen | RSS | Print", "Comments are closed.", "0 comments", "Leave a comment", "Tags: valley, river"),
    *("Log in to comment", "Follow us on X", "Subscribe to our newsletter", "Sign up for our daily newsletter"),
    "Share: Email · Print · Copy link · Save for later",
    "You have read three of your five free stories this month. Subscribe for less than a coffee a week.",
    *("Already a subscriber? Sign in.", "You have 2 free articles left this week"),
    *("The letter goes out on Mondays. Sign up to receive it.", "Letters to the editor should be short and signed."),
    "Extracts from this report may be reproduced if the source is named.",
    *("This article may not be republished without leave.", "No part of this text may be reproduced."),
    # the page
    *("ADVERTISEMENT", "[Advertisement. The story continues below]", "© 2024 Example Media", "Home » News » Africa"),
    *("Copyright 2024 The Example. All rights reserved.", "We use cookies to improve this site.", "Skip to content"),
    *("Photo: AFP", "Picture: for illustration only", "File photo", "Photo credit: Anna Example/AFP", "5 min read"),
    *("* * *", "–", "🙂🙂", "___"),
]
STORY = [
    "Editor: the army killed him for a headline",
    "Author: wanted, dead or alive, said the poster",
    "Create an account of every shell, the commander said",
    "Top stories told in the camp are of hunger",
    "Now reading: a list of the dead, in the square",
    "https://www.example.org says that nine men died",
    "Show comments that he made no mistake, the court said",
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
    # imperatives, chants, quotations
    "Land must be redistributed, the rebels said, before any of them lays down arms.",
    "No comment was available from the ministry.",
    "No comment.",
    "Like us, they fled the fighting and lost their homes.",
    "Join us or die, the fighters told the villagers.",
    "Join us!",
    "Follow us, the commander shouted, and thirty men ran at the post.",
    "Follow us on Telegram, the boys were told, and you will be paid.",
    "Find us, and we will bring you the bodies of your sons.",
    "Search the houses, he ordered",
    "Search party finds nine bodies",
    "Get your rifles, the newsletter said",
    "Get the wounded to your cellar, the radio said, and wait.",
    "Subscribe to our cause or leave the valley",
    "Sign up for our army, the boys were told at the mosque.",
    "Register for free rice, the soldiers called from the truck.",
    "Log in to the camp's list, and they take your brother's name",
    "Sign in or be shot: the new rule at the bridge",
    "Load more sandbags, the captain said.",
    "Back to top form, the army takes the ridge",
    "Download the files and burn the disks, the cell was told.",
    "Support our fighters",
    "Visit our village, the widow wrote, and count the graves.",
    "They wrote on the wall: join our channel",
    "Leave a comment like that in this town and they come for you.",
    "Don't miss, the trainer said.",
    "Share or starve",
    "Share the land",
    "Show more courage, the general told them",
    "Already a member of the party at fifteen, she carried messages for the front.",
    "Not a subscriber to the peace deal, he went back to the hills.",
    "You have used your free passage, the guard said.",
    "You have reached the limit of our patience, the communiqué ends.",
    "Our mothers sell cookies at the checkpoint.",
    # passives and notes on opinion
    "Opinions expressed by villagers about the army were mixed.",
    "Views expressed in this village are seldom heard in the capital.",
    "This story is three years old, and the dead are still waiting.",
    "Comments are made behind closed doors only.",
    "Comments have been attributed to the general that he never made.",
    "One comment by the general set off the riot.",
    "Letters to the editor must not name the army, the decree says.",
    "The rights reserved for the tribes were taken from them.",
    "The land is held with all rights reserved to the state, the law says.",
    "Copyright law was changed in 2024, and the paper closed.",
    "This text may be reproduced and read aloud in every village, the front wrote.",
    "Our words must be reproduced by every cell.",
    "The weapons cannot be reproduced in the camp's workshop.",
    "Disclaimer: we did not do this, the front wrote.",
    "Story continues after his release",
    "Last changed hands in May, the town is empty now.",
    "Recommended: that the army be withdrawn from the valley.",
    "More from the front: nine dead at the bridge.",
    "Also on this day: the army took the town.",
    "(c) 1992 to 1996: the years of the militias",
    "Alle Rechte der Minderheit wurden aufgehoben.",
    "Todos los derechos humanos, dijo.",
    "Suivez-nous, cria le commandant.",
    # headings and lists
    "Share of the harvest that the front takes",
    "Topics: ceasefire, prisoners, borders",
    "Labels: terrorist is what they call us",
    "Section: the army holds it.",
    "Tags: he wore two, one for each army, and neither saved him.",
    "Menu of demands",
    "Home",
    "The search",
    "No Facebook, no WhatsApp",
    "On Telegram and WhatsApp",
    "By Force of Arms",
    "By Any Means Necessary",
    "By Land and Sea",
    "BY FIRE AND SWORD",
    "Por La Libertad",
    "From the General Staff",
    "From the political bureau",
    "Writing From Prison",
    "Interview: General Example of the Northern Front",
    "Sources: Rebels Take Port Example",
    "The Army reports:",
    "Intelligence Agency",
    "Press Statement, 3 May 2020",
    "Communiqué, 14 August 2012",
    "Press Release – 4 July 2014",
    "Rebels Attack Radio Station, 3 May 2020",
    "Rebels Attack | Share",
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
    """Were the time quadratic, or worse, this would take minutes."""
    # Of these only rows of signs are no text at all.
    assert is_boilerplate(text) is not any(map(str.isalnum, text))


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

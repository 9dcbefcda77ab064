"""The words that speak most for each label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from framing.model.listening import HeardTerm, Listening, can_be_masked
from framing.report.document import Block, Heading, ReportSource, Section, Text, Words
from framing.report.passages import LONGEST_TERM
from framing.report.phrases import bounded, clipped, count, counted, first_of, number, title_of

TITLE = "What the model listens to"
QUESTION = "Which words drive each label, and are they the subject, its names, or how it is told?"
OF_TRAINING, BORROWED, FURTHEST = 15, 10, 10
MOST_NAMED = 12
# Of codebooks with very many labels, so many rows of each table.
MOST_ROWS = 300

Heard = Sequence[tuple[str, HeardTerm]]


def words_section(source: ReportSource) -> Section:
    return Section("words", TITLE, QUESTION, tuple(_blocks(source)))


def _blocks(source: ReportSource) -> Iterator[Block]:
    codebook, model = source.artifact.codebook, source.artifact.model
    listening = Listening(model)
    labels = [(title_of(codebook, label), label) for label in codebook.labels]
    strongest = [listening.strongest(place, OF_TRAINING) for place in range(len(labels))]
    yield from _how_to_read(listening)
    for place, (_, label) in enumerate(labels):
        heard = [*strongest[place], *listening.borrowed(place, BORROWED)]
        yield Words(label, tuple((_shown(term), term.weight, _lenders(term)) for term in heard))
    named = [(title, term) for (title, _), heard in zip(labels, strongest, strict=True) for term in heard]
    yield from _names(named, source)
    yield Heading("The parts of each weight")
    yield Text(
        "A paragraph is scored by its own words and by the mean of those of all paragraphs of its article; a word has "
        "a weight for each, and in a lone paragraph both count whole. In an article of ten paragraphs a word that "
        "stands in one of them counts by its own weight there, and by a tenth of the article's in all ten."
    )
    yield from _parts("The words and pairs above that training paragraphs had", named)
    yield from _furthest(listening, labels)


def _how_to_read(listening: Listening) -> Iterator[Block]:
    model = listening.model
    then = f", then the {BORROWED} words with the largest weights that no training paragraph had"
    yield Text(
        "For each label, first the words and pairs of words of the training paragraphs with the largest weights, "
        f"{OF_TRAINING} at most{'' if model.words is None else then}. The model sees small letters alone. "
        + (
            "Names are masked before it reads a text, as far as they are written like names."
            if model.mask_names
            else "Names of persons and places are shown as they are."
        )
    )
    yield Text(
        "A weight is what a word adds to the label's score against the mean of all labels where it is all that a lone "
        "paragraph says, before temperature and neighbours count. In a longer text each term counts by its TF-IDF, "
        "whose squares add up to 1 over the text: the more words, the less each, and rare words more than frequent "
        "ones. The ranking is by weight alone and leaves rarity out; by weight times idf, words of one or two "
        "paragraphs would move up. A pair's weight is its own, beside those of its two words."
    )
    if model.words is not None:
        yield Text(
            f"{count(listening.n_borrowed)} of the {count(len(model.words.terms))} words that the model knows stood in "
            "no training paragraph: each borrows its weight from all words near it in meaning; the nearest that "
            "training paragraphs had are named below it. A word that did stand there has a weight of its own and a "
            "shared one, and the sum of both is shown."
        )
    if model.pieces is not None:
        yield Text("All other words weigh as the mean of the pieces that they are cut into; these are not listed.")


def _names(named: Heard, source: ReportSource) -> Iterator[Block]:
    if not named:
        return
    stay = sorted({_shown(term) for _, term in named if not can_be_masked(term.term)})
    distinct = len({term.term for _, term in named})
    told = f": {first_of(stay, MOST_NAMED)}" if stay else ""
    study = "The study with names masked" if source.evaluation.get("names_masked") else "A study with names masked"
    yield Text(
        f"{study} hides what is written like a name. Of the {count(distinct)} different words and pairs of training "
        f"paragraphs above, the rule would leave {count(len(stay))} in sight even if they were written with capitals"
        f"{told}. The others it hides where they are written like names, and only there; which of them are names, "
        "small letters do not tell."
    )


def _parts(caption: str, named: Heard) -> Iterator[Block]:
    columns = ("label", "word or pair", "weight", "paragraph's", "article's", "training paragraphs")
    rows = [
        (
            title,
            _shown(term),
            *(number(value, 2, signed=True) for value in (term.weight, term.own, term.article)),
            "not told" if term.paragraphs is None else count(term.paragraphs),
        )
        for title, term in named
    ]
    yield from bounded(caption, columns, rows, words=2, most=MOST_ROWS)


def _furthest(listening: Listening, labels: Sequence[tuple[str, str]]) -> Iterator[Block]:
    yield Heading("What moves scores most over the training paragraphs")
    furthest = [
        (title, term) for place, (title, _) in enumerate(labels) for term in listening.furthest(place, FURTHEST)
    ]
    if not furthest or listening.n_paragraphs is None:
        yield Text(
            "Not measured: this needs the number of training paragraphs of each term, which the weights of this model "
            "do not tell."
        )
        return
    yield Text(
        "A large weight on a rare word moves few paragraphs; a small one on an everyday word moves many. Here terms "
        "are ranked by weight times idf times the standard deviation of whether a training paragraph has the term: a "
        "standardised coefficient, but for the texts' lengths. Everyday words among them show that the model goes "
        f"by how a text tells as well as by what. Of {counted(listening.n_paragraphs, 'training paragraph')}, "
        "boilerplate left out; the numbers are worked out from the idf."
    )
    yield from _parts(f"The {FURTHEST} that move each label's score most", furthest)


def _shown(term: HeardTerm) -> str:
    return clipped(term.term, LONGEST_TERM)


def _lenders(term: HeardTerm) -> str:
    return ", ".join(clipped(lender, LONGEST_TERM) for lender in term.lenders)

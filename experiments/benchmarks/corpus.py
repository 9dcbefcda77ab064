"""Makes a corpus of any size with the words, the lengths and the growth of the labelled paragraphs.

    python experiments/benchmarks/corpus.py FOLDER --paragraphs 1000000 --shards 20 --format jsonl
    python experiments/benchmarks/corpus.py --describe --paragraphs 100000

What is made makes no sense and is not meant to be read; it is made for measuring. One seed gives one corpus, of which
a smaller one is the beginning. A new article takes one of `labels/` as its template: as many paragraphs of as many
words, of the same frames, in ASCII where it is. Its words come from the labelled paragraphs of the frame: runs of words
that stand together there, spliced where a throw of dice says, so that about as many pairs of words are known to a model
trained on the labels as in articles that it did not learn from; some runs come from any frame, so that frames are about
as hard to tell. What stands once or twice in the labels is changed for a word of the general word list or for a made
name, old or new as in a Pitman-Yor process (Pitman and Yor 1997; Teh 2006), so that the vocabulary grows as it does in
natural text. Figures are thrown anew. What the segmentation takes for boilerplate stays but for its figures, and
nothing else is said twice, as in the labels.

What --describe tells (of labelled articles: a tenth of them at a time, by what the others have):

                                    labelled  made, as many  made, 100,000
    words a paragraph                   33.2           33.4           33.3
    different words a paragraph         28.8           29.3           29.2
    characters a paragraph               193            198            197
    paragraphs in ASCII                 .831           .841           .832
    words that the labels have          .919           .912           .911
    words of the labels or the list     .967           .959           .961
    pairs that the labels have          .448           .427           .424
    different words in all             9,614          9,236         67,462
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby, islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from framing.annotation import labelled_paragraphs, read_labels
from framing.annotation.records import LabelledParagraphs
from framing.model.lexicon import read_lexicon
from framing.model.tokens import tokens
from framing.segmentation_settings import SegmentationSettings
from framing.text import Segmentation
from framing.text.article import of_paragraphs

sys.path.insert(0, str(Path(__file__).parent))
from measuring import ROOT, markdown

SEED = 20_260_101
FORMATS = ("jsonl", "csv", "parquet")
# After each word: whether another run begins, and whether that one may be of any frame.
SPLICED, ANY_FRAME = 0.62, 0.5
# In how many labelled paragraphs a word stands that is changed for others.
RARE = 2
# Of the Pitman-Yor process, and the share of its new words that the general list has.
DISCOUNT, STRENGTH, LISTED = 0.55, 5_000, 0.6
WITHOUT_OUTLET = 0.3
ROWS_AT_ONCE = 20_000
ONSETS = (
    "b",
    "ch",
    "d",
    "dh",
    "f",
    "g",
    "gh",
    "h",
    "j",
    "k",
    "kh",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "sh",
    "t",
    "v",
    "w",
    "y",
    "z",
)
VOWELS, CODAS = ("a", "e", "i", "o", "u", "aa", "ai", "ou"), ("", "", "", "n", "r", "l", "m", "k", "sh", "t")
ASCII = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\xa0": " "})
_words = re.compile(r"\w+").finditer
_ends = re.compile(r"[.!?]").search


@dataclass(frozen=True)
class Made:
    """A made paragraph.

    Attributes
    ----------
    article : str
    position : int
    text : str
    outlet_type : str or None
    template : int
        The labelled paragraph whose frame and length it has.
    """

    article: str
    position: int
    text: str
    outlet_type: str | None
    template: int


@dataclass(frozen=True)
class Run:
    """A word of the labelled paragraphs, and what follows on it.

    Attributes
    ----------
    word, sign : str
        The word, and the blanks and signs up to the next.
    rare, ends : bool
        Whether it is changed for others; whether its sentence ends with it.
    """

    word: str
    sign: str
    rare: bool
    ends: bool


@dataclass(frozen=True)
class Pool:
    """The words of one frame's paragraphs, or of all, in their order.

    Attributes
    ----------
    runs : list of Run
    openings, others : list of int
        The places at which sentences begin, and all others.
    """

    runs: list[Run]
    openings: list[int]
    others: list[int]

    @classmethod
    def of(cls, texts: Sequence[str], rare: set[str]) -> Pool:
        text = " ".join(texts) + " "
        found = list(_words(text))
        ends = [match.end() for match in found]
        upto = [match.start() for match in found[1:]] + [len(text)]
        runs = []
        for match, end, until in zip(found, ends, upto, strict=True):
            sign, following = text[end:until], text[until : until + 1]
            closes = until == len(text) or bool(_ends(sign) and " " in sign and not following.islower())
            runs.append(Run(match[0], sign, match[0].lower() in rare, closes))
        openings = [0, *(place + 1 for place, run in enumerate(runs[:-1]) if run.ends)]
        return cls(runs, openings, sorted(set(range(len(runs))).difference(openings)) or openings)


class Corpus:
    """What corpora are made from.

    Parameters
    ----------
    labelled : LabelledParagraphs
    listed : sequence of str
        The words of the general list.
    """

    def __init__(self, labelled: LabelledParagraphs, listed: Sequence[str]) -> None:
        self.labelled, self.listed = labelled, listed
        # Where the coders left no gold, the first of the labels that most of them gave.
        self.frames = np.where(labelled.gold >= 0, labelled.gold, labelled.targets.argmax(axis=1))
        held = Counter(word for text in labelled.texts for word in {match[0].lower() for match in _words(text)})
        rare = {word for word, number in held.items() if number <= RARE}
        by_frame = [
            [labelled.texts[row] for row in np.flatnonzero(self.frames == frame)]
            for frame in range(len(labelled.codebook.labels))
        ]
        self.pools = [Pool.of(texts, rare) if texts else None for texts in by_frame]
        self.all = Pool.of(labelled.texts, rare)
        self.lengths = [len(list(_words(text))) for text in labelled.texts]
        self.articles = [list(rows) for _, rows in groupby(range(len(labelled.texts)), labelled.articles.__getitem__)]
        self.boilerplate = {row for rows in self.articles for row in self._boilerplate(rows)}
        self.outlets = labelled.strata.get("outlet_type", [""] * len(labelled.texts))

    @classmethod
    def of_labels(cls, folder: Path = ROOT / "labels") -> Corpus:
        lexicon = read_lexicon()
        listed = [word for word, own in zip(lexicon.words, lexicon.of_corpus_only, strict=True) if not own]
        return cls(labelled_paragraphs(read_labels(folder)), listed)

    def _boilerplate(self, rows: list[int]) -> list[int]:
        article = of_paragraphs("", [self.labelled.texts[row] for row in rows])
        paragraphs = Segmentation(SegmentationSettings()).split(article)
        return [row for row, paragraph in zip(rows, paragraphs, strict=True) if paragraph.boilerplate]

    def paragraphs(self, number: int, seed: int = SEED) -> Iterator[Made]:
        """Make paragraphs, article by article; the last article may be cut short."""
        return islice(self._endless(seed), number)

    def _endless(self, seed: int) -> Iterator[Made]:
        dice = random.Random(seed)  # noqa: S311
        vocabulary = Vocabulary(self.listed, dice)
        article = 0
        while True:
            article += 1
            rows = dice.choice(self.articles)
            outlet = None if dice.random() < WITHOUT_OUTLET else self.outlets[rows[0]] or None
            for position, row in enumerate(rows):
                yield Made(f"made-{article:07}", position, self._text(row, dice, vocabulary), outlet, row)

    def _text(self, row: int, dice: random.Random, vocabulary: Vocabulary) -> str:
        template = self.labelled.texts[row]
        if row in self.boilerplate:
            return re.sub(r"[1-9]", lambda _: str(dice.randint(1, 9)), template)
        own = self.pools[self.frames[row]] or self.all
        text = _in_signs_of(template, self._spliced(own, self.lengths[row], dice, vocabulary))
        return text if text.strip() else template

    def _spliced(self, own: Pool, length: int, dice: random.Random, vocabulary: Vocabulary) -> str:
        throw, pool, parts = dice.random, own, []
        place = dice.choice(pool.openings)
        run = pool.runs[place]
        for _ in range(length):
            run = pool.runs[place]
            parts.append(vocabulary.instead_of(run.word) if run.rare else run.word)
            parts.append(run.sign)
            place += 1
            if throw() < SPLICED or place == len(pool.runs):
                pool = self.all if throw() < ANY_FRAME else own
                places = pool.openings if run.ends else pool.others
                place = places[int(throw() * len(places))]
        if parts and not run.ends:
            parts[-1] = "."
        return "".join(parts).strip()


class Vocabulary:
    """Words in the place of rare ones: of those that were taken before, or new ones."""

    def __init__(self, listed: Sequence[str], dice: random.Random) -> None:
        self.listed, self.dice = listed, dice
        self.taken: list[str] = []
        self.n_new = 0

    def instead_of(self, word: str) -> str:
        if word.isdigit():
            return str(self.dice.randrange(10 ** (len(word) - 1), 10 ** len(word)))
        other = self._next()
        return other.capitalize() if word[0].isupper() else other

    def _next(self) -> str:
        throw, n_taken = self.dice.random, len(self.taken)
        if throw() * (STRENGTH + n_taken) < STRENGTH + DISCOUNT * self.n_new:
            self.n_new += 1
            word = self.dice.choice(self.listed) if throw() < LISTED else self._name()
        else:
            word = self.taken[int(throw() * n_taken)]
        self.taken.append(word)
        return word

    def _name(self) -> str:
        choice = self.dice.choice
        return "".join(choice(ONSETS) + choice(VOWELS) + choice(CODAS) for _ in range(self.dice.randint(2, 3)))


def _in_signs_of(template: str, text: str) -> str:
    """Keep to ASCII where the template does, and leave it where the template does not."""
    if template.isascii():
        if text.isascii():
            return text
        return unicodedata.normalize("NFKD", text.translate(ASCII)).encode("ascii", "ignore").decode()
    if text.isascii():
        text = text.replace("'", "’")
    return f"{text[:-1]}…" if text.isascii() else text


def labelled(corpus: Corpus, made: Iterable[Made]) -> LabelledParagraphs:
    """Give made paragraphs the labels of their templates, as if they had been coded."""
    made = list(made)
    templates = np.array([one.template for one in made])
    return LabelledParagraphs(
        corpus.labelled.codebook,
        [f"{one.article}:{one.position}" for one in made],
        [one.text for one in made],
        [one.article for one in made],
        corpus.frames[templates],
        corpus.labelled.targets[templates],
        strata={"outlet_type": [one.outlet_type or "" for one in made]},
    )


def write_shards(corpus: Corpus, number: int, folder: Path, *, shards: int, kind: str, seed: int = SEED) -> list[Path]:
    """Make paragraphs and write them to files of about the same size, no article in two of them.

    Parameters
    ----------
    corpus : Corpus
    number : int
        Paragraphs.
    folder : Path
    shards : int
    kind : str
        One of `FORMATS`.
    seed : int
    """
    folder.mkdir(parents=True, exist_ok=True)
    labels, frames = corpus.labelled.codebook.labels, corpus.frames
    written, paths, rest = 0, [], groupby(corpus.paragraphs(number, seed), lambda one: one.article)
    for shard in range(shards):
        paths.append(folder / f"part-{shard:03}.{kind}")
        with ExitStack() as stack:
            write = stack.enter_context(_Writer(paths[-1], kind))
            while written < number * (shard + 1) / shards and (following := next(rest, None)) is not None:
                rows = [(*_row(one), labels[frames[one.template]]) for one in following[1]]
                write(rows)
                written += len(rows)
    return paths


def _row(one: Made) -> tuple[str, int, str, str | None]:
    return one.article, one.position, one.text, one.outlet_type


class _Writer:
    """Writes rows to one file; called with some of them."""

    COLUMNS = ("article", "position", "text", "outlet_type", "frame")

    def __init__(self, path: Path, kind: str) -> None:
        self.path, self.kind = path, kind
        self.waiting: list[tuple[Any, ...]] = []

    def __enter__(self) -> Callable[[list[tuple[Any, ...]]], None]:
        if self.kind == "parquet":
            import pyarrow as pa
            import pyarrow.parquet as pq

            strings = {name: pa.string() for name in self.COLUMNS} | {"position": pa.int64()}
            self.schema = pa.schema(strings)
            self.file: Any = pq.ParquetWriter(self.path, self.schema, compression="zstd")
        else:
            self.file = self.path.open("w", encoding="utf-8", newline="" if self.kind == "csv" else "\n")
            if self.kind == "csv":
                self.cells = csv.writer(self.file)
                self.cells.writerow(self.COLUMNS)
        return self.add

    def add(self, rows: list[tuple[Any, ...]]) -> None:
        if self.kind == "jsonl":
            named = (dict(zip(self.COLUMNS, row, strict=True)) for row in rows)
            self.file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in named)
        elif self.kind == "csv":
            self.cells.writerows(rows)
        else:
            self.waiting += rows
            if len(self.waiting) >= ROWS_AT_ONCE:
                self._write_group()

    def _write_group(self) -> None:
        import pyarrow as pa

        columns = zip(*self.waiting, strict=True)
        self.file.write_table(pa.table(dict(zip(self.COLUMNS, columns, strict=True)), schema=self.schema))
        self.waiting = []

    def __exit__(self, *_: object) -> None:
        if self.waiting:
            self._write_group()
        self.file.close()


def likeness(texts: Sequence[str], words: set[str], pairs: set[tuple[str, str]], listed: set[str]) -> dict[str, float]:
    """Tell what texts are like.

    Parameters
    ----------
    texts : sequence of str
    words, pairs : set
        Those of the texts that a model would have been trained on.
    listed : set of str
        The words that a model knows besides.
    """
    cut = [tokens(text) for text in texts]
    n_words, n_pairs = sum(map(len, cut)), sum(len(text) - 1 for text in cut if text)
    upto, types, growth = 0, set[str](), list[tuple[int, int]]()
    for text in cut:
        upto += len(text)
        types.update(text)
        growth.append((upto, len(types)))
    eighth = growth[len(growth) // 8]
    return {
        "paragraphs": len(texts),
        "characters a paragraph": sum(map(len, texts)) / len(texts),
        "words a paragraph": n_words / len(texts),
        "different words a paragraph": sum(len(set(text)) for text in cut) / len(texts),
        "share in ASCII": sum(map(str.isascii, texts)) / len(texts),
        "share of words that the labels have": sum(word in words for text in cut for word in text) / n_words,
        "share that the labels or the list have": sum(w in words or w in listed for text in cut for w in text)
        / n_words,
        "share of pairs that the labels have": sum(pair in pairs for text in cut for pair in pairwise(text)) / n_pairs,
        "different words in all": len(types),
        "growth: exponent over the last three doublings": float(
            np.log(len(types) / eighth[1]) / np.log(upto / eighth[0])
        ),
    }


def describe(corpus: Corpus, number: int, seed: int) -> str:
    """Set labelled articles beside made ones: each tenth of them by what the others teach, and the made ones by all."""
    texts, listed = corpus.labelled.texts, set(corpus.listed)
    dice, columns = random.Random(seed), []  # noqa: S311
    articles = dice.sample(corpus.articles, len(corpus.articles))
    for fold in range(10):
        held = [row for rows in articles[fold::10] for row in rows]
        others = sorted(set(range(len(texts))).difference(held))
        columns.append(likeness([texts[row] for row in held], *_known(texts[row] for row in others), listed))
    left_out = {name: float(np.mean([column[name] for column in columns])) for name in columns[0]}
    shuffled = [texts[row] for rows in articles for row in rows]
    of_labels = likeness(shuffled, *_known(texts), listed)
    for name in of_labels:
        if "have" in name:
            of_labels[name] = left_out[name]
    sizes = [size for size in (len(texts), number) if size <= number]
    made = [one.text for one in corpus.paragraphs(number, seed)]
    of_made = [likeness(made[:size], *_known(texts), listed) for size in dict.fromkeys(sizes)]
    rows = [(name, *(f"{column[name]:,.6g}" for column in (of_labels, *of_made))) for name in of_labels]
    return markdown(("", "labelled", *("made" for _ in of_made)), rows)


def _known(texts: Iterable[str]) -> tuple[set[str], set[tuple[str, str]]]:
    cut = [tokens(text) for text in texts]
    return {word for text in cut for word in text}, {pair for text in cut for pair in pairwise(text)}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, help="where the shards go")
    parser.add_argument("--paragraphs", type=int, default=100_000, help="default: 100,000")
    parser.add_argument("--shards", type=int, default=20, help="files (default: 20)")
    parser.add_argument("--format", choices=FORMATS, default="jsonl", help="default: jsonl")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--describe", action="store_true", help="tell how like the labelled paragraphs they are")
    options = parser.parse_args(arguments)
    if options.folder is None and not options.describe:
        parser.error("name the folder that the shards go to, or ask for --describe")
    corpus = Corpus.of_labels()
    if options.describe:
        print(describe(corpus, options.paragraphs, options.seed))
    if options.folder is not None:
        paths = write_shards(
            corpus, options.paragraphs, options.folder, shards=options.shards, kind=options.format, seed=options.seed
        )
        print(f"{options.paragraphs:,} paragraphs in {len(paths)} shards")
    return 0


if __name__ == "__main__":
    sys.exit(main())

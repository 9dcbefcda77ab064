"""What is said of many classified articles together: the figures of an overview, plain and complete."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ListedArticle:
    """An article as it is listed.

    Attributes
    ----------
    id : str
        Cut where it is long.
    page : str or None
        The name of its page; None where it has none.
    source, published : str or None
    paragraphs, uncertain : int
        Those that are counted, and of them the uncertain ones.
    frame : str or None
        The label that most of them have, of equals the first in the codebook; None where nothing is counted.
    of_frame : int
        How many have it.
    candidates, probability : float or None
        Mean number of candidates and mean probability of the frame over all paragraphs that were scored.
    warned : bool
    """

    id: str
    page: str | None
    source: str | None
    published: str | None
    paragraphs: int
    uncertain: int
    frame: str | None
    of_frame: int
    candidates: float | None
    probability: float | None
    warned: bool


@dataclass(frozen=True)
class SourceFigures:
    """What is in the articles of one source, or of several together.

    Attributes
    ----------
    name : str or None
        None where the source is not known.
    sources : int
        How many there are in it; above 1 for those that are put together.
    counts : tuple of int, length n_labels
        The paragraphs with each label.
    words, borrowed, unknown : int
        Its words, those that no labelled paragraph had and that borrow weight, and those that the model does not list.
    unknown_words : tuple of (str, int)
        The most frequent of these with their counts.
    """

    name: str | None
    sources: int
    articles: int
    counts: tuple[int, ...]
    words: int
    borrowed: int
    unknown: int
    unknown_words: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Overview:
    """Many articles in figures; paragraphs are those that are counted: no boilerplate, and none that was not accepted.

    Attributes
    ----------
    labels : tuple of str, length n_labels
    articles, pages, warned : int
        All of them, those with a page, those that are warned of.
    boilerplate, scored, uncertain : int
        Paragraphs; ``scored`` is how many were classified, accepted or not, ``uncertain`` how many of those counted.
    calibrated : bool
    counts : tuple of int, length n_labels
    sources : tuple of SourceFigures
        The largest by paragraphs, then all others together, where there are more.
    merged : int
        How often small sources were put together while articles came: what the others hold may then be too much.
    step : str
        How long a period is: 'month', 'quarter', 'year' or 'decade'; empty where nothing is dated.
    periods : tuple of str, length n_periods
        Their names, from the first to the last without a gap: '2023-05', '2023 Q2', '2023' or '2020s'.
    cells : tuple of tuple of tuple of int, shape (n_sources, n_periods, n_labels)
    undated : int
        Paragraphs without a date, or with one that does not tell its period.
    outside : int
        Paragraphs of the few dates that lie outside of the periods.
    least_certain : tuple of ListedArticle
    warnings : tuple of (str, int, tuple of ListedArticle)
        What is warned of, of how many articles, and the first of them.
    listed : tuple of ListedArticle
        The first.
    missed_words : int
        By so much the count of an unknown word can be too low.
    """

    labels: tuple[str, ...]
    articles: int
    pages: int
    warned: int
    boilerplate: int
    scored: int
    uncertain: int
    calibrated: bool
    counts: tuple[int, ...]
    sources: tuple[SourceFigures, ...]
    merged: int
    step: str
    periods: tuple[str, ...]
    cells: tuple[tuple[tuple[int, ...], ...], ...]
    undated: int
    outside: int
    least_certain: tuple[ListedArticle, ...]
    warnings: tuple[tuple[str, int, tuple[ListedArticle, ...]], ...]
    listed: tuple[ListedArticle, ...]
    missed_words: int

    @property
    def paragraphs(self) -> int:
        return sum(self.counts)

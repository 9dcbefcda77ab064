"""From sources to classified paragraphs, one article after the other; and which of them can be accepted."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from framing.artifact.artifact import Artifact
from framing.artifact.classified import ClassifiedParagraph
from framing.corpus.facts import ArticleFacts
from framing.errors import ArtifactError, FramingError, UsageError
from framing.evaluation.wording import decimals, interval
from framing.text import read_articles

# Accuracies are asked for in hundredths: .9 is .9, whatever the last binary digit says.
_SLACK = 1e-9


@dataclass(frozen=True)
class Acceptance:
    """From what probability on a paragraph's frame is accepted.

    Attributes
    ----------
    accuracy : float
        Of the accepted paragraphs, so many are right out of fold at least.
    threshold : float
        The lowest probability that reaches it.
    measured : mapping of str to (float or None)
        The accuracy that was measured, as 'value', 'low' and 'high'.
    """

    accuracy: float
    threshold: float
    measured: Mapping[str, float | None]

    def accepts(self, paragraph: ClassifiedParagraph) -> bool:
        """Tell whether a paragraph is accepted; never boilerplate, and never where the article is warned of."""
        probability = paragraph["probability"]
        scored = probability is not None and not paragraph["boilerplate"]
        return scored and not paragraph["warnings"] and probability >= self.threshold  # type: ignore[operator]

    @property
    def rule(self) -> str:
        """The rule and what it rests on, in a sentence without a full stop."""
        return (
            f"accepted from a probability of {decimals(self.threshold)}; of such, {interval(self.measured)} were right "
            "out of fold, which holds for articles like those labelled"
        )


def acceptance_at(artifact: Artifact, accuracy: float) -> Acceptance:
    """Find the threshold that reaches an accuracy, or the next hundredth above it, in the model's evaluation.

    Parameters
    ----------
    artifact : Artifact
    accuracy : float

    Raises
    ------
    UsageError
        When the accuracy is none, when no threshold reaches it, or when the model keeps no thresholds.
    ArtifactError
        When they are damaged.
    """
    if not 0 < accuracy < 1:
        raise UsageError(f"an accuracy to accept lies between 0 and 1, such as 0.9; not {accuracy:g}")
    in_use = (artifact.evaluation or {}).get("in_use")
    kept = in_use.get("acceptance") if isinstance(in_use, dict) else None
    if kept is None:
        raise UsageError(f"the model {artifact.name} keeps no thresholds to accept paragraphs by; train it again")
    try:
        table = [_acceptance(entry) for entry in kept["thresholds"]]
    except (KeyError, TypeError, ValueError):
        raise ArtifactError(f"the thresholds of the model {artifact.name} are damaged; take a fresh copy") from None
    reached = [entry for entry in table if entry.accuracy >= accuracy - _SLACK]
    if reached:
        return min(reached, key=lambda entry: entry.accuracy)
    highest = max((entry.accuracy for entry in table), default=None)
    advice = "and none is reached" if highest is None else f"ask for {highest:.2f} at most"
    raise UsageError(f"no threshold of the model {artifact.name} reaches an accuracy of {accuracy:g}; {advice}")


def _acceptance(entry: Any) -> Acceptance:
    measured = {key: entry["accuracy_of_kept"][key] for key in ("value", "low", "high")}
    numbers = [entry["accuracy"], entry["threshold"], *(value for value in measured.values() if value is not None)]
    if not all(isinstance(number, int | float) and math.isfinite(number) for number in numbers):
        raise ValueError("not a number")
    return Acceptance(entry["accuracy"], entry["threshold"], measured)


@dataclass(frozen=True)
class ClassifiedArticle:
    """An article's paragraphs, never none, and what else is known of it."""

    paragraphs: list[ClassifiedParagraph]
    facts: ArticleFacts


def classify(
    artifact: Artifact,
    sources: Iterable[str],
    *,
    kind: str,
    stdin: BinaryIO,
    on_error: Callable[[FramingError], None],
    on_skip: Callable[[str], None],
    outlet: str | None = None,
    on_unknown_outlet: Callable[[str], None] | None = None,
    count_words: bool = False,
) -> Iterator[ClassifiedArticle]:
    """Classify every article of every source.

    Parameters
    ----------
    artifact : Artifact
    sources : iterable of str
        Files, folders, or '-' for stdin.
    kind : str
        'auto', or the kind of all files: see `framing.text.read_articles`.
    stdin : BinaryIO
    on_error : callable
        Told of each file or row that cannot be read; the others are classified all the same.
    on_skip : callable
        Told of each file in a folder that is of no known kind.
    outlet : str, optional
        The kind of outlet that all of them are from, whatever a table says; without it, what a table says of each.
    on_unknown_outlet : callable, optional
        Told once of each kind of outlet in a table that the model has not learnt of; such articles go by their text.
    count_words : bool
        Whether the words of each article are counted by whether the model knows them.

    Yields
    ------
    ClassifiedArticle
    """
    if count_words:
        from framing.artifact.vocabulary import word_use
    sources_known = artifact.model.reading.sources
    known, told_of = set(() if sources_known is None else sources_known.names), set[str]()
    for source in sources:
        for article in read_articles(source, kind=kind, stdin=stdin, on_error=on_error, on_skip=on_skip):
            told = article if outlet is None else replace(article, outlet=outlet)
            if told.outlet is not None and told.outlet not in known | told_of and on_unknown_outlet is not None:
                told_of.add(told.outlet)
                on_unknown_outlet(told.outlet)
            if paragraphs := artifact.classify(told):
                story = [paragraph["text"] for paragraph in paragraphs if not paragraph["boilerplate"]]
                words = word_use(artifact.model, story) if count_words else None
                yield ClassifiedArticle(paragraphs, ArticleFacts(told.source, told.published, words))


def known_outlet(artifact: Artifact, outlet: str) -> str:
    """Make sure that a model has learnt of a kind of outlet.

    Raises
    ------
    UsageError
        When it has not; names the kinds it knows.
    """
    sources = artifact.model.reading.sources
    if sources is None:
        raise UsageError(f"the model {artifact.name} has learnt nothing of kinds of outlets; leave --outlet out")
    if outlet not in sources.names:
        raise UsageError(f"the model {artifact.name} knows no outlet '{outlet}'; it knows {', '.join(sources.names)}")
    return outlet

"""Batches of articles to lines of output, by columns or with all that can be told of a paragraph."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO, Protocol

from framing.artifact import Artifact
from framing.artifact.bulk import ClassifiedBatch
from framing.corpus.parquet_writer import ParquetWriter
from framing.corpus.shard_rows import ArticleBatch
from framing.corpus.shard_writers import BatchWriter, csv_writer, jsonl_writer
from framing.corpus.shards import FORMATS
from framing.corpus.tally import Tally, tally_of_article, tally_of_batch
from framing.corpus.writers import CsvWriter, JsonlWriter
from framing.errors import UsageError
from framing.text.article import Article

_MOST_UNKNOWN_OUTLETS = 20
# Paragraphs: an article may have very many, each of which is written with the article's name.
_WRITTEN_AT_ONCE = 2_000


class Classifier(Protocol):
    """A model that classifies many articles at once."""

    @property
    def artifact(self) -> Artifact:
        """The model in memory."""

    def classify(self, articles: Sequence[Article]) -> ClassifiedBatch:
        """Cut articles into paragraphs and mark each with a frame."""


def check_format(format_: str, *, full: bool) -> None:
    """Raise a UsageError where results cannot be written so."""
    if format_ not in FORMATS:
        raise UsageError(f"a corpus is written as jsonl, csv or parquet, not {format_}")
    if full and format_ == "parquet":
        raise UsageError("evidence and shares are not written as parquet; ask for jsonl or csv, or leave --full out")


class Outlets:
    """The kinds of outlet that articles are from, and which of them the model has not learnt of."""

    def __init__(self, artifact: Artifact, outlet: str | None):
        sources = artifact.model.reading.sources
        self._known = frozenset(() if sources is None else sources.names)
        self._outlet = outlet
        self.unknown: tuple[str, ...] = ()

    def of(self, articles: Sequence[Article]) -> Iterator[Article]:
        for article in articles:
            told = article if self._outlet is None else replace(article, outlet=self._outlet)
            if told.outlet is not None and told.outlet not in self._known and told.outlet not in self.unknown:
                self.unknown = (*self.unknown, told.outlet)[:_MOST_UNKNOWN_OUTLETS]
            yield told


class BatchScoring(ABC):
    """Classifies batch after batch into a file.

    Attributes
    ----------
    tally : Tally
        Of all so far.
    """

    def __init__(self, outlets: Outlets):
        self.tally = Tally()
        self._outlets = outlets

    @property
    def unknown_outlets(self) -> tuple[str, ...]:
        """Kinds of outlet that were named and that the model has not learnt of, the first twenty."""
        return self._outlets.unknown

    @abstractmethod
    def add(self, batch: ArticleBatch) -> None:
        """Classify a batch and write its paragraphs."""

    @abstractmethod
    def close(self) -> None:
        """Write what is still held back; the file stays open."""


class _ByColumns(BatchScoring):
    def __init__(self, classifier: Classifier, writer: BatchWriter, outlets: Outlets):
        super().__init__(outlets)
        self._classifier, self._writer = classifier, writer

    def add(self, batch: ArticleBatch) -> None:
        classified = self._classifier.classify(list(self._outlets.of(batch.articles)))
        for start in range(0, len(classified.paragraphs), _WRITTEN_AT_ONCE):
            part = slice(start, start + _WRITTEN_AT_ONCE)
            self._writer.write(_part(classified, part), first_paragraph=batch.first_paragraph)
        labels = self._classifier.artifact.codebook.labels
        self.tally += tally_of_batch(classified, labels, articles=len(batch.articles))

    def close(self) -> None:
        self._writer.close()


class _OneByOne(BatchScoring):
    def __init__(self, artifact: Artifact, writer: JsonlWriter | CsvWriter, outlets: Outlets):
        super().__init__(outlets)
        self._artifact, self._writer = artifact, writer

    def add(self, batch: ArticleBatch) -> None:
        calibrated = self._artifact.model.reading.calibration is not None
        for article in self._outlets.of(batch.articles):
            paragraphs = self._artifact.classify(article)
            for paragraph in paragraphs:
                paragraph["paragraph"] += batch.first_paragraph
            self._writer.write(paragraphs)
            self.tally += tally_of_article(paragraphs, self._artifact.codebook.labels, calibrated=calibrated)

    def close(self) -> None:
        pass


def scoring(classifier: Classifier, file: BinaryIO, *, format_: str, full: bool, outlet: str | None) -> BatchScoring:
    """Begin an output.

    Parameters
    ----------
    classifier : Classifier
    file : BinaryIO
        Gets what belongs before the first paragraph at once.
    format_ : str
        'jsonl', 'csv' or 'parquet'.
    full : bool
        Write all that `Artifact.classify` tells; not as parquet.
    outlet : str or None
        The kind of outlet that all articles are from; None, what is told of each.

    Raises
    ------
    UsageError
        When results cannot be written so.
    MissingExtraError
        When pyarrow is not installed, for parquet.
    """
    check_format(format_, full=full)
    artifact = classifier.artifact
    outlets = Outlets(artifact, outlet)
    if full:
        writer = JsonlWriter(file) if format_ == "jsonl" else CsvWriter(file, artifact.codebook)
        return _OneByOne(artifact, writer, outlets)
    writers: dict[str, Callable[[BinaryIO, Sequence[str], str], BatchWriter]]
    writers = {"jsonl": jsonl_writer, "csv": csv_writer, "parquet": ParquetWriter}
    return _ByColumns(classifier, writers[format_](file, artifact.codebook.labels, artifact.description), outlets)


def _part(batch: ClassifiedBatch, rows: slice) -> ClassifiedBatch:
    return ClassifiedBatch(
        batch.paragraphs[rows],
        batch.read[rows],
        batch.frames[rows],
        batch.probabilities[rows],
        None if batch.candidates is None else batch.candidates[rows],
        batch.warnings[rows],
    )

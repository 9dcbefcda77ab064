from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from pyarrow import parquet

from framing.artifact import Artifact, default_folder
from framing.artifact.bulk import ClassifiedBatch
from framing.artifact.manifest import read_manifest
from framing.corpus import row_order, shard_rows
from framing.corpus.classifier import BatchClassifier, load_classifier
from framing.corpus.corpus_run import CorpusRun
from framing.corpus.shard_job import ShardJob, ShardWork, score_shard
from framing.corpus.shard_record import Record, read_record
from framing.text import read_articles
from framing.text.article import Article


@pytest.fixture(scope="session")
def classifier() -> BatchClassifier:
    folder = default_folder()
    return load_classifier(str(folder), read_manifest(folder)["digest"], 1)


@pytest.fixture
def job(shard_files, corpus_run, tmp_path) -> Callable[..., ShardJob]:
    """Set up the job of one shard of 60 paragraphs, or of what is written to a file."""

    def make(name: str | None = None, content: bytes = b"", **options: object) -> ShardJob:
        if name is None:
            folder = shard_files(60)
        else:
            folder = tmp_path / "corpus"
            folder.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
        run: CorpusRun = corpus_run(folder, tmp_path / "out", **options)
        [job] = run.jobs()
        return job

    return make


def test_the_output_says_what_the_model_says_of_each_article(job, classifier):
    shard_job = job()
    outcome = score_shard(shard_job, classifier)
    articles = read_articles(shard_job.shard.path, on_error=pytest.fail)
    expected = [paragraph for article in articles for paragraph in classifier.artifact.classify(article)]
    lines = [json.loads(line) for line in shard_job.output_path.read_bytes().splitlines()]
    assert len(lines) == len(expected) == outcome.tally.paragraphs == 60
    for line, paragraph in zip(lines, expected, strict=True):
        for key in ("article", "paragraph", "start", "end", "frame", "uncertain", "candidates", "warnings", "model"):
            assert line[key] == paragraph[key]
        assert line["probability"] == pytest.approx(paragraph["probability"], abs=1e-6)
    scored = [line for line in lines if line["probability"] is not None]
    assert outcome.tally.frames == {
        label: sum(line["frame"] == label for line in scored) for label in classifier.artifact.codebook.labels
    }
    assert outcome.tally.uncertain == sum(line["uncertain"] for line in scored)
    assert outcome.tally.boilerplate == sum(line["boilerplate"] for line in lines)
    assert outcome.tally.articles == len({line["article"] for line in lines})
    assert (outcome.failed, outcome.set_aside) == (None, 0)


def test_the_outcome_and_the_record_tell_the_digests_of_what_was_read_and_written(job, classifier):
    shard_job = job()
    outcome = score_shard(shard_job, classifier)
    written = shard_job.output_path.read_bytes()
    assert outcome.input_sha256 == hashlib.sha256(Path(shard_job.shard.path).read_bytes()).hexdigest()
    assert outcome.output_sha256 == hashlib.sha256(written).hexdigest()
    assert outcome.output_bytes == len(written)
    assert read_record(shard_job.record_path) == Record(shard_job.run, outcome)


@pytest.mark.parametrize("format_", ["jsonl", "csv", "parquet"])
def test_the_same_shard_makes_the_same_bytes_with_the_same_numbers_in_each_format(job, classifier, format_):
    shard_job = job(format=format_)
    first = score_shard(shard_job, classifier)
    content = shard_job.output_path.read_bytes()
    again = score_shard(shard_job, classifier)
    assert first.output_sha256 == again.output_sha256
    assert content == shard_job.output_path.read_bytes()
    if format_ == "csv":
        rows = list(csv.DictReader(io.StringIO(content.decode())))
        numbers = [float(row["probability"]) if row["probability"] else None for row in rows]
    elif format_ == "parquet":
        numbers = parquet.read_table(io.BytesIO(content))["probability"].to_pylist()
    else:
        numbers = [json.loads(line)["probability"] for line in content.splitlines()]
    articles = read_articles(shard_job.shard.path, on_error=pytest.fail)
    expected = [paragraph["probability"] for article in articles for paragraph in classifier.artifact.classify(article)]
    assert numbers == [None if number is None else pytest.approx(number, abs=1e-6) for number in expected]


@pytest.mark.parametrize("format_", ["jsonl", "csv"])
def test_full_results_hold_text_and_evidence(job, classifier, format_):
    shard_job = job(format=format_, full=True)
    outcome = score_shard(shard_job, classifier)
    lean = score_shard(replace(shard_job, full=False), classifier)
    assert outcome.tally == lean.tally
    score_shard(shard_job, classifier)
    content = shard_job.output_path.read_text()
    if format_ == "jsonl":
        line = json.loads(content.splitlines()[0])
        assert line["text"]
        assert line["evidence"]
    else:
        row = next(csv.DictReader(io.StringIO(content)))
        assert row["text"]
        assert row["evidence"]


def test_the_kind_of_outlet_can_be_told_for_all_and_unknown_kinds_are_named(job, classifier):
    content = b'{"text": "Troops sealed the valley.", "outlet_type": "a kind of its own"}\n'
    unknown = score_shard(job("a.jsonl", content), classifier)
    assert unknown.unknown_outlets == ("a kind of its own",)
    [known, *_] = classifier.artifact.model.reading.sources.names
    told = score_shard(job("a.jsonl", content, outlet=known), classifier)
    assert told.unknown_outlets == ()
    same = score_shard(job("a.jsonl", content.replace(b"a kind of its own", known.encode())), classifier)
    assert told.output_sha256 == same.output_sha256 != unknown.output_sha256


def test_bad_rows_are_set_aside_beside_the_output(job, classifier):
    shard_job = job("a.jsonl", b'{"text": "Troops sealed the valley."}\n{"text": \n{"id": 1}\n')
    outcome = score_shard(shard_job, classifier)
    lines = [json.loads(line) for line in shard_job.set_aside_path.read_text().splitlines()]
    assert [line["line"] for line in lines] == [2, 3]
    assert outcome.set_aside == 2
    assert outcome.set_aside_bytes == shard_job.set_aside_path.stat().st_size
    assert outcome.tally.paragraphs == 1


def test_an_article_without_end_is_scored_in_parts_and_that_is_noted(job, classifier, monkeypatch):
    monkeypatch.setattr(row_order, "LONGEST_ARTICLE_ROWS", 4)
    lines = [{"article": "a", "position": place, "text": f"Troops sealed valley {place}."} for place in range(10)]
    shard_job = job("a.jsonl", "".join(json.dumps(line) + "\n" for line in lines).encode())
    for full in (False, True):
        outcome = score_shard(replace(shard_job, full=full), classifier)
        written = [json.loads(line) for line in shard_job.output_path.read_text().splitlines()]
        assert [line["paragraph"] for line in written] == list(range(10))
        assert (outcome.cut, outcome.set_aside) == (2, 0)
        notes = [json.loads(line) for line in shard_job.set_aside_path.read_text().splitlines()]
        assert [(note["line"], "note" in note) for note in notes] == [(5, True), (9, True)]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", b"id,title\n1,2\n", "has no column text"),
        ("a.parquet", b"PAR1 and no more", "cannot be read as a Parquet file"),
        ("a.jsonl", b"\xe9t\xe9\n\xff\n", "none of its 2 rows can be used; the first: line 1: is not UTF-8"),
        ("a.jsonl", b'{"title": "No text"}\n', "none of its 1 rows can be used; the first: line 1: has no column text"),
    ],
)
def test_a_shard_that_cannot_be_read_fails_and_leaves_nothing(job, classifier, tmp_path, name, content, reason):
    shard_job = job(name, content)
    outcome = score_shard(shard_job, classifier)
    assert outcome.failed is not None
    assert reason in outcome.failed
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file()]


def test_a_shard_that_may_not_be_read_fails(job, classifier):
    shard_job = job()
    path = Path(shard_job.shard.path)
    # Even root cannot follow a link that leads to itself.
    path.unlink()
    path.symlink_to(path)
    assert score_shard(shard_job, classifier).failed == "cannot be read: Too many levels of symbolic links"


def test_a_shard_that_is_gone_fails(job, classifier):
    shard_job = job()
    Path(shard_job.shard.path).unlink()
    assert score_shard(shard_job, classifier).failed == "is gone"


def test_an_empty_shard_makes_an_empty_output(job, classifier):
    shard_job = job("a.jsonl", b"")
    assert score_shard(shard_job, classifier).failed is None
    assert shard_job.output_path.read_bytes() == b""


class _Meddling:
    """A classifier beside which somebody writes to the shard that is read."""

    def __init__(self, classifier: BatchClassifier, path: Path):
        self._classifier, self._path = classifier, path

    @property
    def artifact(self) -> Artifact:
        return self._classifier.artifact

    def classify(self, articles: Sequence[Article]) -> ClassifiedBatch:
        with self._path.open("ab") as file:
            file.write(b'{"text": "More."}\n')
        return self._classifier.classify(articles)


def test_a_shard_that_is_written_to_meanwhile_fails(job, classifier):
    shard_job = job()
    outcome = score_shard(shard_job, _Meddling(classifier, Path(shard_job.shard.path)))
    assert outcome.failed == "was changed while it was read; leave it alone and run again"
    assert not shard_job.output_path.exists()


def test_an_output_that_cannot_be_written_fails_the_shard(job, classifier, tmp_path):
    shard_job = job()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "0").write_text("in the way")
    outcome = score_shard(shard_job, classifier)
    assert outcome.failed is not None
    assert "cannot be made" in outcome.failed


def test_progress_is_told_from_batch_to_batch(job, classifier, monkeypatch):
    monkeypatch.setattr(shard_rows, "_PARAGRAPHS_IN_BATCH", 10)
    line = b'{"article": "%d", "position": 0, "text": "Troops sealed the valley."}\n'
    shard_job = job("a.jsonl", b"".join(line % number for number in range(15)) + b"{\n")
    told: list[tuple[int, int, int]] = []
    score_shard(shard_job, classifier, lambda *beat: told.append(beat))
    assert [beat[1] for beat in told] == [10, 15]
    assert told[0][0] <= told[1][0] == shard_job.shard.size
    assert told[1][2] == 1


def test_a_model_that_has_changed_is_no_model_for_the_run(job, work):
    shard_job = job()
    outcome = ShardWork(work.load)(replace(shard_job, digest="another"))
    assert outcome.failed is not None
    assert "is another model than when the run began" in outcome.failed

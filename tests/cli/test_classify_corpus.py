"""``framing classify`` with a folder for its results."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

FORMER = {"evidence", "shares", "borrowed", "text"}


@pytest.fixture
def corpus(tmp_path: Path, root: Path) -> Path:
    """Three shards of real paragraphs in three formats, with a row that is none, and a file of another kind."""
    import pyarrow
    from pyarrow import parquet

    folder = tmp_path / "corpus"
    (folder / "late").mkdir(parents=True)
    lines = (root / "labels" / "paragraphs.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines[:120]]
    keys = ("article", "position", "text")
    whole = "".join(json.dumps({key: row[key] for key in keys}, ensure_ascii=False) + "\n" for row in rows[:50])
    (folder / "a.jsonl").write_text(whole + "no row at all\n", encoding="utf-8")
    table = "".join(
        ",".join(json.dumps(row[key], ensure_ascii=False).replace('\\"', '""') for key in keys) + "\n"
        for row in rows[50:90]
    )
    (folder / "b.csv").write_text("article,position,text\n" + table, encoding="utf-8")
    parquet.write_table(
        pyarrow.Table.from_pylist([{key: row[key] for key in keys} for row in rows[90:]]), folder / "late" / "c.parquet"
    )
    (folder / "notes.txt").write_text("Not a table.", encoding="utf-8")
    return folder


def lines_of(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def digest_of(output: Path) -> str:
    return json.loads((output / "summary.json").read_text(encoding="utf-8"))["outputs_sha256"]


def test_each_shard_gives_the_lines_that_it_gives_by_itself(run, corpus: Path, tmp_path: Path):
    output = tmp_path / "scored"
    result = run("classify", corpus, "--output", f"{output}/")
    assert (result.code, result.stdout) == (0, b"")
    assert sorted(path.name for path in output.iterdir()) == [
        ".framing", "a.jsonl", "b.jsonl", "late", "set-aside", "summary.json",
    ]  # fmt: skip
    for shard, written in (("a.jsonl", "a.jsonl"), ("b.csv", "b.jsonl"), ("late/c.parquet", "late/c.jsonl")):
        alone = run("classify", corpus / shard, "--format", "jsonl")
        expected = [json.loads(line) for line in alone.text.splitlines()]
        assert lines_of(output / written) == [
            {key: value for key, value in entry.items() if key not in FORMER} for entry in expected
        ]


def test_what_is_told_at_the_end(run, corpus: Path, tmp_path: Path):
    result = run("classify", corpus, "--output", f"{tmp_path}/scored/")
    assert "3 of 3 shards done" in result.stderr
    assert "in all 120 paragraphs of" in result.stderr
    assert "rows set aside: 1" in result.stderr
    assert "notes.txt" in result.stderr
    assert all(len(line) <= 80 or str(tmp_path) in line for line in result.stderr.splitlines())
    [bad] = lines_of(tmp_path / "scored" / "set-aside" / "a.jsonl.jsonl")
    assert (bad["line"], bad["content"]) == (51, "no row at all")
    again = run("classify", corpus, "--output", f"{tmp_path}/scored")
    assert (again.code, "3 of 3 shards done, 3 of them before" in again.stderr) == (0, True)


@pytest.mark.parametrize("options", [["--jobs", "2"], ["--full"], ["--format", "csv"], ["--format", "parquet"]])
def test_in_other_ways(run, corpus: Path, tmp_path: Path, options: list[str]):
    first, second = tmp_path / "first", tmp_path / "second"
    assert run("classify", corpus, "--output", f"{first}/", *options).code == 0
    plain = [option for option in options if option not in ("--jobs", "2")]
    assert run("classify", corpus, "--output", f"{second}/", *plain).code == 0
    assert digest_of(first) == digest_of(second)
    if "--full" in options:
        entries = lines_of(first / "a.jsonl")
        assert all(set(entry) >= FORMER for entry in entries)
        assert any(entry["evidence"] for entry in entries)


def test_what_is_done_is_not_told_as_gone(run, corpus: Path, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path)
    for output in ("scored/", "link/scored/"):
        again = run("classify", corpus, "--output", output)
        assert (again.code, "that are gone" in again.stderr) == (0, False)
    (corpus / "b.csv").unlink()
    assert "inputs that are gone, left as they are: 1" in run("classify", corpus, "--output", "scored/").stderr


def test_a_folder_called_like_a_result_is_in_no_way_of_others(run, corpus: Path, tmp_path: Path):
    output = tmp_path / "scored"
    for name in ("a.csv", "b.jsonl"):
        (corpus / name).mkdir()
        (corpus / name / "part.csv").write_text("text\nThe rebels attacked the village.\n" * 1_000)
    for _ in range(2):
        result = run("classify", corpus, "--output", f"{output}/")
        assert (result.code, result.stderr.count("/b.csv: "), "4 of 5 shards done" in result.stderr) == (1, 1, True)
        assert (output / "a.jsonl").is_file()
        assert (output / "a.csv" / "part.jsonl").is_file()
        (output / "a.jsonl").unlink()


def test_another_outlet_is_another_run(run, corpus: Path, tmp_path: Path):
    output = f"{tmp_path}/scored/"
    assert run("classify", corpus, "--output", output).code == 0
    before = digest_of(tmp_path / "scored")
    refused = run("classify", corpus, "--output", output, "--outlet", "state")
    assert (refused.code, "outlet" in refused.stderr, "--overwrite" in refused.stderr) == (2, True, True)
    assert digest_of(tmp_path / "scored") == before
    assert run("classify", corpus, "--output", output, "--outlet", "state", "--overwrite").code == 0
    assert digest_of(tmp_path / "scored") != before


def test_a_shard_that_cannot_be_read_fails_alone(run, corpus: Path, tmp_path: Path):
    (corpus / "d.parquet").write_bytes(b"PAR1 and nothing else")
    result = run("classify", corpus, "--output", f"{tmp_path}/scored/")
    assert (result.code, "d.parquet" in result.stderr) == (1, True)
    assert "3 of 4 shards done" in result.stderr
    (corpus / "d.parquet").unlink()
    assert run("classify", corpus, "--output", f"{tmp_path}/scored/").code == 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--jobs", "2"], "--jobs is for a corpus"),
        (["--full", "--output", "one"], "--full is for a corpus: name a folder for the results, such as --output one/"),
        (["--cluster", "tcp://127.0.0.1:1"], "--cluster is for a corpus"),
        (["--format", "parquet", "--output", "one.parquet"], "--format parquet is for a corpus"),
        (["--overwrite"], "--overwrite is for a corpus"),
        (["--output", "scored/", "--accept", "0.8"], "--accept is not for a corpus"),
        (["--output", "scored/", "--input-format", "csv"], "--input-format is not for a corpus"),
        (["--output", "scored/", "--format", "table"], "written as jsonl, csv or parquet"),
        (["--output", "scored/", "--full", "--format", "parquet"], "leave --full out"),
        (["--output", "scored/", "--jobs", "0"], "--jobs must be 1 or more"),
        (["--output", "scored/", "--jobs", "2", "--cluster", "tcp://127.0.0.1:1"], "on a cluster"),
        (["--output", "scored/", "--outlet", "gazette"], "knows no outlet 'gazette'"),
    ],
)
def test_what_does_not_go_together(run, corpus: Path, tmp_path: Path, monkeypatch, options: list[str], told: str):
    monkeypatch.chdir(tmp_path)
    result = run("classify", corpus, *options)
    assert (result.code, result.stdout, result.stderr.count("\n")) == (2, b"", 1)
    assert told in result.stderr
    assert not (tmp_path / "scored").exists()


def test_whoever_breaks_a_run_off_is_told_how_it_goes_on(run, corpus: Path, tmp_path: Path, monkeypatch):
    import framing.workflow.corpus

    def pressed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(framing.workflow.corpus, "classify_corpus", pressed)
        result = run("classify", corpus, "--output", f"{tmp_path}/scored/")
    assert (result.code, result.stderr.count("\n")) == (130, 1)
    assert "the same command goes on where it was" in result.stderr
    assert run("classify", corpus, "--output", f"{tmp_path}/scored/").code == 0


def test_a_folder_of_ones_own_is_not_written_into(run, corpus: Path, tmp_path: Path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.odt").write_text("years of work")
    result = run("classify", corpus, "--output", tmp_path / "mine")
    assert (result.code, "thesis.odt" in result.stderr) == (2, True)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.odt"]


def test_no_shard_at_all(run, root: Path, tmp_path: Path):
    result = run("classify", root / "experiments" / "examples", "--output", f"{tmp_path}/scored/")
    assert (result.code, "no jsonl, csv or parquet file" in result.stderr) == (1, True)

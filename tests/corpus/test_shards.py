import os
from pathlib import Path

import pytest

from framing.corpus.shards import Shard, check_outputs, find_shards, output_name
from framing.errors import FramingError, InputError, UsageError


@pytest.fixture
def corpus(tmp_path):
    """A folder with shards of every kind, and things that are none."""
    folder = tmp_path / "corpus"
    for name in (
        *("b.jsonl", "a.csv", "2020/part.jsonl.gz", "2020/part-2.parquet", "2020/x.tsv", "2021/deep/Y.NDJSON"),
        *("2021/z.csv.gz", "notes.txt", "2020/.half.jsonl", ".hidden/h.jsonl"),
    ):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"text\n")
    return folder


class Found:
    def __init__(self, *sources: object, output: Path):
        self.errors: list[FramingError] = []
        self.skipped: list[str] = []
        self.shards = find_shards(
            [str(source) for source in sources], output, on_error=self.errors.append, on_skip=self.skipped.append
        )

    @property
    def names(self) -> list[str]:
        return [shard.name for shard in self.shards]


ALL = [
    "2020/part-2.parquet",
    "2020/part.jsonl.gz",
    "2020/x.tsv",
    "2021/deep/Y.NDJSON",
    "2021/z.csv.gz",
    "a.csv",
    "b.jsonl",
]


def test_all_tables_below_a_folder_are_shards_in_the_order_of_their_names(corpus, tmp_path):
    found = Found(corpus, output=tmp_path / "out")
    assert found.names == ALL
    assert [shard.kind for shard in found.shards] == ["parquet", "jsonl", "csv", "jsonl", "csv", "csv", "jsonl"]
    assert found.skipped == [str(corpus / "notes.txt")]
    assert found.errors == []
    facts = (corpus / "a.csv").stat()
    assert found.shards[5] == Shard(str(corpus / "a.csv"), "a.csv", "csv", facts.st_size, facts.st_mtime_ns)


def test_links_to_folders_are_not_entered_and_links_to_files_are_read(corpus, tmp_path):
    (corpus / "round").symlink_to(corpus, target_is_directory=True)
    (corpus / "c.jsonl").symlink_to(corpus / "b.jsonl")
    (corpus / "gone.jsonl").symlink_to(corpus / "nowhere.jsonl")
    assert Found(corpus, output=tmp_path / "out").names == [*ALL, "c.jsonl"]


def test_the_output_and_the_results_of_other_runs_are_not_read(corpus, tmp_path):
    for name in ("out", "2020/other"):
        (corpus / name / ".framing").mkdir(parents=True)
        (corpus / name / "b.jsonl").write_bytes(b"text\n")
    (corpus / "2020/other/.framing/run.json").write_text("{}")
    found = Found(corpus, output=corpus / "out")
    assert found.names == ALL
    assert str(corpus / "2020/other") in found.skipped
    link = tmp_path / "link"
    link.symlink_to(corpus / "out", target_is_directory=True)
    assert Found(corpus, output=link).names == ALL


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.jsonl", ["b.jsonl"]),
        ("**/*.jsonl.gz", ["2020/part.jsonl.gz"]),
        ("2020/part*", ["part-2.parquet", "part.jsonl.gz"]),
        ("202[01]/*.*", ["2020/part-2.parquet", "2020/part.jsonl.gz", "2020/x.tsv", "2021/z.csv.gz"]),
        ("20?0/x.tsv", ["2020/x.tsv"]),
    ],
)
def test_a_pattern_names_its_shards_from_where_its_wildcards_begin(corpus, tmp_path, pattern, names):
    assert Found(corpus / pattern, output=tmp_path / "out").names == names


def test_a_name_with_the_signs_of_a_pattern_is_that_file(corpus, tmp_path):
    (corpus / "day[1].jsonl").write_bytes(b"text\n")
    assert Found(corpus / "day[1].jsonl", output=tmp_path / "out").names == ["day[1].jsonl"]


def test_several_sources_are_named_from_the_folder_they_share_and_each_file_is_read_once(corpus, tmp_path):
    found = Found(corpus / "2020", corpus / "2021/z.csv.gz", corpus / "*/x.tsv", output=tmp_path / "out")
    assert found.names == ["2020/part-2.parquet", "2020/part.jsonl.gz", "2020/x.tsv", "2021/z.csv.gz"]


def test_a_source_that_is_not_there_is_told_and_the_others_are_found(corpus, tmp_path):
    found = Found(corpus / "2020", corpus / "none.jsonl", corpus / "*.gz", output=tmp_path / "out")
    assert found.names == ["2020/part-2.parquet", "2020/part.jsonl.gz", "2020/x.tsv"]
    assert [error.message for error in found.errors] == ["there is no such file or folder", "matches no file"]


def test_no_shard_at_all_is_an_error(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no jsonl, csv or parquet file"):
        Found(tmp_path / "empty", output=tmp_path / "out")
    with pytest.raises(UsageError, match="no input"):
        Found(output=tmp_path / "out")


@pytest.mark.parametrize("source", ["", "sub", "*.jsonl", "sub/x.jsonl"])
def test_a_source_in_the_output_is_refused(tmp_path, source):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/x.jsonl").write_bytes(b"")
    with pytest.raises(UsageError, match="lies in the output"):
        Found(tmp_path / source, output=tmp_path)


def test_a_pattern_that_leads_back_is_refused(corpus, tmp_path):
    with pytest.raises(UsageError, match="leads back out"):
        Found(corpus / "*/../../etc/*.jsonl", output=tmp_path / "out")


def test_names_lead_nowhere_but_into_the_output(corpus, tmp_path):
    (tmp_path / "link").symlink_to(corpus / "2020", target_is_directory=True)
    found = Found(tmp_path / "link" / ".." / "a.csv", corpus / "2020/../b.jsonl", output=tmp_path / "out")
    assert found.names == ["a.csv", "b.jsonl"]
    assert not any(".." in Path(shard.path).parts for shard in found.shards)


@pytest.mark.skipif(os.name != "posix", reason="names are bytes")
def test_a_name_that_is_no_utf_8_is_a_name(tmp_path):
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / os.fsdecode(b"caf\xe9.jsonl")).write_bytes(b"")
    [shard] = Found(tmp_path / "corpus", output=tmp_path / "out").shards
    assert os.fsencode(shard.name) == b"caf\xe9.jsonl"


@pytest.mark.parametrize(
    ("name", "output"),
    [
        ("a/b.jsonl", "a/b.csv"),
        ("b.JSONL.GZ", "b.csv"),
        ("b.csv.gz", "b.csv"),
        ("b.2020.parquet", "b.2020.csv"),
        ("csv.csv", "csv.csv"),
    ],
)
def test_an_output_has_the_place_of_its_shard_and_the_suffix_of_the_format(name, output):
    assert output_name(name, "csv") == output


def test_two_shards_for_one_output_are_refused_by_name(tmp_path):
    shards = [Shard(f"/in/{name}", name, "csv", 1, 1) for name in ("a.csv", "b.jsonl", "sub/b.csv", "b.csv.gz")]
    check_outputs(shards[:3], "jsonl")
    with pytest.raises(UsageError, match=r"/in/b\.jsonl and /in/b\.csv\.gz would both be written to b\.jsonl"):
        check_outputs(shards, "jsonl")


def test_a_shard_where_rows_of_another_are_set_aside_is_refused():
    names = ("a.jsonl", "set-aside/a.jsonl.jsonl")
    with pytest.raises(UsageError, match="would both be written"):
        check_outputs([Shard(f"/in/{name}", name, "jsonl", 1, 1) for name in names], "jsonl")

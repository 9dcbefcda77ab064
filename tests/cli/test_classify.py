from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest

from framing.artifact import ClassifiedParagraph, load, pack, save
from framing.model.familiarity import Familiarity

KEYS = list(ClassifiedParagraph.__annotations__)


@pytest.fixture
def examples(root: Path) -> list[Path]:
    return sorted((root / "experiments" / "examples").glob("*.txt"))


@pytest.fixture
def classify(run, saved_model: Path):
    def command(*arguments, **options):
        return run("classify", "--model", saved_model, *arguments, **options)

    return command


def objects(text: str) -> list[dict]:
    return [json.loads(line) for line in text.split("\n") if line]


def test_jsonl_has_every_key_and_offsets_that_cut_the_text_out(classify, examples: list[Path]) -> None:
    result = classify(*examples, "--format", "jsonl")
    assert (result.code, result.stderr) == (0, "")
    found = objects(result.text)
    assert all(list(entry) == KEYS for entry in found)
    for path in examples:
        source = path.read_bytes().decode("utf-8-sig")
        own = [entry for entry in found if entry["article"] == str(path)]
        assert [entry["paragraph"] for entry in own] == list(range(len(own)))
        assert all(source[entry["start"] : entry["end"]] == entry["text"] for entry in own)
        assert "".join(source.split()).startswith("".join(own[0]["text"].split()))
    assert len({entry["article"] for entry in found}) == len(examples) >= 6


def test_probabilities_sum_to_one_and_the_largest_is_the_frames(classify, examples: list[Path]) -> None:
    entries = objects(classify(*examples, "--format", "jsonl").text)
    scored = [entry for entry in entries if not entry["boilerplate"]]
    assert len(scored) > 40
    for entry in scored:
        assert sum(entry["probabilities"].values()) == pytest.approx(1, abs=1e-5)
        assert entry["probabilities"][entry["frame"]] == max(entry["probabilities"].values()) == entry["probability"]
        assert entry["evidence"] == sorted(entry["evidence"], key=lambda pair: -pair[1])
        assert entry["frame"] in entry["candidates"]
        assert entry["uncertain"] is (len(entry["candidates"]) > 1)
        *parts, score = entry["shares"].values()
        assert sum(parts) == pytest.approx(score, abs=1e-5)
        assert set(entry["borrowed"]) <= {term for term, _ in entry["evidence"]}
    assert any(entry["borrowed"] for entry in scored)
    boilerplate = [entry for entry in entries if entry["boilerplate"]]
    assert boilerplate
    assert all(entry["frame"] == "none" and entry["probabilities"] is None for entry in boilerplate)


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_the_table_keeps_to_the_width_and_sends_no_escapes_into_a_pipe(classify, examples, columns: int) -> None:
    result = classify(*examples, columns=columns)
    assert result.code == 0
    assert "\x1b" not in result.text
    assert max(map(len, result.text.splitlines())) <= columns
    assert "Frame mix" in result.text


def test_stdin_is_an_article(classify) -> None:
    result = classify("-", "--format", "jsonl", stdin=b"Troops sealed the valley.\n\nThe envoys left.\n")
    assert [entry["text"] for entry in objects(result.text)] == ["Troops sealed the valley.", "The envoys left."]


def test_stdin_may_be_a_table(classify) -> None:
    rows = b'{"id": "x", "text": "Troops sealed the valley."}\n{"id": "y", "text": "The envoys left."}\n'
    result = classify("-", "--input-format", "jsonl", "--format", "jsonl", stdin=rows)
    assert [entry["article"] for entry in objects(result.text)] == ["x", "y"]


def test_a_folder_gives_its_articles_in_order(classify, root: Path) -> None:
    result = classify(root / "experiments" / "examples", "--format", "jsonl")
    names = list(dict.fromkeys(Path(entry["article"]).name for entry in objects(result.text)))
    assert names == sorted(names)
    assert "ambush-on-the-pass.txt" in names


def test_one_bad_file_does_not_stop_the_others(classify, examples: list[Path], tmp_path: Path) -> None:
    bad = tmp_path / "picture.txt"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)))
    absent = tmp_path / "absent.txt"
    result = classify(examples[0], bad, absent, examples[1], "--format", "jsonl")
    assert result.code == 1
    assert {entry["article"] for entry in objects(result.text)} == {str(examples[0]), str(examples[1])}
    told = result.stderr.splitlines()
    assert len(told) == 2
    assert told[0].startswith(f"framing: {bad}: ")
    assert told[1].startswith(f"framing: {absent}: ")


def test_csv_reads_back_and_runs_no_formula(classify, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    with source.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [["id", "text"], ["=1+1", '=HYPERLINK("http://x","y") said the army'], ["b", "Plain."]]
        )
    output = tmp_path / "out.csv"
    result = classify(source, "--format", "csv", "--output", output)
    assert (result.code, result.stdout) == (0, b"")
    rows = list(csv.DictReader(io.StringIO(output.read_text(encoding="utf-8"))))
    assert [row["article"] for row in rows] == ["'=1+1", "b"]
    assert rows[0]["text"].startswith("'=HYPERLINK")
    assert rows[1]["text"] == "Plain."


def test_script_in_a_text_is_shown_and_not_run(classify, tmp_path: Path) -> None:
    source = tmp_path / "article.txt"
    source.write_text("The army said <script>alert('x')</script> it had sealed the valley.")
    page = classify(source, "--format", "html").text
    assert "<script" not in page
    # Some of it may be evidence.
    assert "&lt;script&gt;alert(" in re.sub("</?u[^>]*>", "", page)


def test_script_of_a_page_is_no_text(classify, tmp_path: Path) -> None:
    source = tmp_path / "page.html"
    source.write_text("<script>var army = 1</script><p>Troops sealed the valley.</p><style>p {}</style>")
    found = objects(classify(source, "--format", "jsonl").text)
    assert [entry["text"] for entry in found] == ["Troops sealed the valley."]


def test_pages_of_several_articles_go_to_a_folder(classify, examples: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    result = classify(*examples, "--format", "html", "--output", folder)
    assert result.code == 0
    # And the overview.
    assert len(list(folder.glob("*.html"))) == len(examples) + 1
    assert all(path.suffix == ".html" for path in folder.iterdir())
    for output in ([], ["--output", tmp_path / "one.html"]):
        refused = classify(*examples, "--format", "html", *output)
        assert refused.code == 2
        assert "name a folder: --output DIR" in refused.stderr
        assert refused.stdout == b""
    assert not (tmp_path / "one.html").exists()


def test_pages_of_articles_with_the_same_id_do_not_overwrite_each_other(classify, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.csv").write_text("id,text\n1,Troops sealed the valley.\n2,The envoys left.\n")
    classify(tmp_path / "one.csv", tmp_path / "two.csv", "--format", "html", "--output", tmp_path / "pages")
    assert len(list((tmp_path / "pages").iterdir())) == 4 + 1


def test_pages_do_not_go_into_a_file_of_another_kind(classify, examples: list[Path], tmp_path: Path) -> None:
    output = tmp_path / "x.bin"
    output.write_text("keep")
    result = classify(*examples, "--format", "html", "--output", output)
    assert (result.code, output.read_text()) == (2, "keep")
    assert "is a file; name a folder" in result.stderr


def test_a_folder_without_an_article_is_told(classify, tmp_path: Path) -> None:
    result = classify(tmp_path, "--format", "jsonl")
    assert (result.code, result.stdout) == (1, b"")
    assert result.stderr == f"framing: no article was found in {tmp_path}\n"


def test_an_input_is_never_the_output(classify, tmp_path: Path) -> None:
    article = tmp_path / "article.txt"
    article.write_text("Troops sealed the valley.")
    result = classify(article, "--format", "jsonl", "--output", article)
    assert (result.code, article.read_text()) == (2, "Troops sealed the valley.")


def test_a_line_of_fifty_megabytes_is_cut_into_paragraphs(classify, tmp_path: Path) -> None:
    path = tmp_path / "line.txt"
    path.write_bytes(b"The army said it had sealed the valley and the road to it. " * 850_000)
    output = tmp_path / "out.jsonl"
    result = classify(path, "--format", "jsonl", "--output", output)
    assert result.code == 0
    with output.open(encoding="utf-8") as lines:
        lengths = [len(json.loads(line)["text"]) for line in lines]
    assert sum(lengths) == pytest.approx(850_000 * 59, rel=0.001)
    assert max(lengths) <= 10_000


@pytest.mark.parametrize("format_", ["table", "jsonl", "csv", "html"])
def test_an_output_is_whole_or_not_there(classify, examples: list[Path], tmp_path: Path, format_: str) -> None:
    output = tmp_path / ("out.html" if format_ == "html" else "out")
    empty = tmp_path / "empty.txt"
    empty.write_bytes(b"")
    failed = classify(empty, "--format", format_, "--output", output)
    assert failed.code == 1
    assert "holds no text" in failed.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty.txt"]
    done = classify(examples[0], "--format", format_, "--output", output)
    assert done.code == 0
    assert output.stat().st_size > 500
    unwritable = classify(examples[0], "--format", format_, "--output", tmp_path / "no" / "folder" / "out.html")
    assert (unwritable.code, unwritable.stdout) == (1, b"")
    assert "cannot be written" in unwritable.stderr


BAD_INPUTS = {
    "empty.txt": b"",
    "blank.txt": b" \n\t\n",
    "binary.txt": bytes(range(256)) * 20,
    "nul.txt": b"The army\0 said it had\0 sealed the valley.\n",
    "word.txt": b"Ceasefire",
    "latin.txt": "Le général a déclaré que l'armée avait bouclé la vallée à l'aube.".encode("latin-1"),
    "utf16.txt": "Troops sealed the valley.".encode("utf-16"),
    "scripts.txt": "Войска закрыли долину. 军队封锁了山谷。 أغلق الجيش الوادي. Troops sealed it.".encode(),
    "signs.txt": "!!! … 🔥🔥".encode(),
    "surrogate.jsonl": b'{"text": "The army \\ud800 said."}\n',
    "nested.jsonl": b"[" * 100_000 + b"\n",
    "number.jsonl": b'{"text": 3}\n',
    "notext.csv": b"headline,body_of_it\nx,y\n",
    "ragged.csv": b"id,text\n1,Troops sealed the valley.,more\n",
    "unclosed.csv": b'id,text\n1,"Troops sealed\n',
    "page.html": b"<p>Troops<p>sealed <b>the</i> valley<table><tr><td>x<script>alert(1)",
    "empty.html": b"<html></html>",
    "broken.pdf": b"%PDF-1.7\n1 0 obj\n<<",
    "broken.docx": b"PK\x03\x04nothing",
    "broken.parquet": b"PAR1xxxxPAR1",
    "long.txt": b"the army said " * 200_000,
    "newlines.txt": b"\n" * 500_000 + b"Troops sealed the valley.",
    "escape.txt": b"\x1b]0;title\x07 Troops \x1b[31msealed\x1b[0m the valley.",
}


@pytest.mark.parametrize("format_", ["table", "jsonl", "csv", "html"])
@pytest.mark.parametrize("name", BAD_INPUTS)
def test_bad_input_gives_a_clear_result_or_a_clear_error(classify, tmp_path: Path, name: str, format_: str) -> None:
    path = tmp_path / name
    path.write_bytes(BAD_INPUTS[name])
    result = classify(path, "--format", format_)
    assert "Traceback" not in result.stderr
    assert "\x1b" not in result.text
    if result.code == 0:
        assert result.stderr == ""
        assert len(result.stdout) > 20
    else:
        assert result.code == 1
        assert result.stderr.startswith(f"framing: {path}")
        assert len(result.stderr.splitlines()) == 1
    expected_errors = {
        "empty.txt",
        "blank.txt",
        "binary.txt",
        "nested.jsonl",
        "number.jsonl",
        "notext.csv",
        "ragged.csv",
    }
    expected_errors |= {"unclosed.csv", "empty.html", "broken.pdf", "broken.docx", "broken.parquet"}
    assert (result.code == 1) == (name in expected_errors)


def test_a_model_for_another_codebook_is_refused(classify, examples: list[Path], tmp_path: Path) -> None:
    codebook = tmp_path / "other.toml"
    codebook.write_text('name = "other"\nversion = "1"\n[[frame]]\nid = "a"\n[[frame]]\nid = "b"\n')
    result = classify(examples[0], "--codebook", codebook)
    assert result.code == 1
    assert "is for the codebook armed-conflict-news 1.1, not for other 1" in result.stderr


def test_a_damaged_model_is_one_line(run, model_copy: Path, examples: list[Path]) -> None:
    path = model_copy / "weights.npy"
    content = bytearray(path.read_bytes())
    content[5000] ^= 1
    path.write_bytes(content)
    result = run("classify", "--model", model_copy, examples[0])
    assert (result.code, result.stdout) == (1, b"")
    assert result.stderr == f"framing: {path}: was changed after it was written; take a fresh copy of the model\n"


def limits_of_no_text(n_words: int, **limits: object) -> Familiarity:
    """Give limits that no text is beyond, but for those that are given."""
    nothing = np.zeros(1)
    none_beyond = {
        "least_known": nothing,
        "least_common": nothing,
        "least_subject": nothing - 100,
        "most_capitals": 1.0,
    }
    return Familiarity(frozenset({"the"}), np.zeros(n_words), np.array([20.0]), **none_beyond | limits)


@pytest.fixture(scope="session")
def accepting_model(saved_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small model with thresholds to accept by, and warned of texts in capitals."""
    artifact = load(saved_model)
    known = artifact.model.words or artifact.model.terms
    thresholds = [
        {"accuracy": percent / 100, "threshold": threshold, "kept": {}, "accuracy_of_kept": figure}
        for percent, threshold in ((80, 0.4), (81, 0.6), (90, 0.999999))
        for figure in [{"value": percent / 100, "low": percent / 100 - 0.03, "high": percent / 100 + 0.02}]
    ]
    evaluation = {**(artifact.evaluation or {}), "in_use": {"acceptance": {"thresholds": thresholds}}}
    familiarity = limits_of_no_text(len(known.terms), most_capitals=0.5)
    folder = tmp_path_factory.mktemp("accepting") / "model"
    save(pack(dataclasses.replace(artifact, evaluation=evaluation, familiarity=familiarity)), folder)
    return folder


class TestOutlet:
    def test_who_tells_changes_the_probabilities_and_adds_its_share(self, classify, examples: list[Path]) -> None:
        plain = objects(classify(examples[0], "--format", "jsonl").text)
        told = objects(classify(examples[0], "--format", "jsonl", "--outlet", "insurgent-aligned").text)
        claims = [
            [entry["probabilities"]["insurgent-claim"] for entry in entries if entry["probabilities"]]
            for entries in (plain, told)
        ]
        assert all(other > one for one, other in zip(*claims, strict=True))
        assert all(entry["shares"]["source"] == 0 for entry in plain if entry["shares"])
        assert any(entry["shares"]["source"] != 0 for entry in told if entry["shares"])

    def test_a_table_may_say_it_row_by_row(self, classify, tmp_path: Path) -> None:
        table = tmp_path / "news.csv"
        text = "Fighters of the front say that they took the ridge and two trucks on Monday evening."
        table.write_text(f"text,outlet_type\n{text},insurgent-aligned\n{text},\n{text},no such kind\n", "utf-8")
        result = classify(table, "--format", "jsonl")
        told, unknown, strange = objects(result.text)
        assert "the outlet 'no such kind' tells the model nothing, which knows foreign, independent," in result.stderr
        assert told["probabilities"] != unknown["probabilities"] == strange["probabilities"]

    def test_a_kind_that_the_model_does_not_know_is_refused(self, classify, examples: list[Path]) -> None:
        result = classify(examples[0], "--outlet", "parish newsletter")
        assert result.code == 2
        assert "knows no outlet 'parish newsletter'; it knows foreign, independent, insurgent-aligned" in result.stderr


@pytest.fixture
def accept(run, accepting_model: Path):
    def command(*arguments, **options):
        return run("classify", "--model", accepting_model, *arguments, **options)

    return command


class TestAccept:
    def test_only_what_is_probable_enough_is_kept_and_the_rule_is_told(self, accept, examples: list[Path]) -> None:
        everything = objects(accept(*examples, "--format", "jsonl").text)
        result = accept(*examples, "--format", "jsonl", "--accept", "0.8")
        kept = objects(result.text)
        scored = [entry for entry in everything if not entry["boilerplate"]]
        assert kept == [entry for entry in scored if entry["probability"] >= 0.4]
        assert 0 < len(kept) < len(scored)
        assert result.stderr == (
            f"kept {len(kept)} of {len(scored)} paragraphs: accepted from a probability of .400; of such, "
            ".800 [.770, .820] were right out of fold, which holds for articles like those labelled\n"
        )

    def test_the_next_hundredth_that_is_reached_is_taken(self, accept, examples: list[Path]) -> None:
        for asked in ("0.805", "0.81"):
            assert "from a probability of .600; of such, .810 [" in accept(examples[0], "--accept", asked).stderr
        assert "from a probability of .400; of such, .800 [" in accept(examples[0], "--accept", "0.3").stderr

    def test_what_is_warned_of_is_never_accepted(self, accept, tmp_path: Path) -> None:
        path = tmp_path / "capitals.txt"
        path.write_text("TROOPS RAIDED THE VILLAGE AND KILLED TEN FIGHTERS, THE ARMY SAID. " * 5)
        [entry] = objects(accept(path, "--format", "jsonl").text)
        assert entry["warnings"] == ["is mostly in capitals (100%)"]
        assert (entry["uncertain"], len(entry["candidates"])) == (True, 5)
        result = accept(path, "--format", "jsonl", "--accept", "0.8")
        assert (result.code, result.stdout) == (0, b"")
        assert result.stderr.startswith("kept 0 of 1 paragraphs")
        assert "! is mostly in capitals (100%)" in accept(path).text

    @pytest.mark.parametrize("format_", ["table", "jsonl", "csv", "html"])
    def test_an_output_of_nothing_is_as_that_format_has_it(self, accept, examples, tmp_path: Path, format_) -> None:
        output = tmp_path / "out.html"
        result = accept(*examples[:2], "--format", format_, "--output", output, "--accept", "0.9")
        assert result.code == 0
        assert "kept 0 of" in result.stderr
        if format_ == "html":
            assert result.stderr.endswith("nothing was written\n")
            assert not output.exists()
        else:
            assert result.stderr.endswith(f"0 articles in {output}\n")
            assert output.read_bytes().count(b"\n") == (1 if format_ == "csv" else 0)

    def test_a_page_says_by_what_it_was_selected(self, accept, examples: list[Path]) -> None:
        page = accept(examples[0], "--format", "html", "--accept", "0.8").text
        assert "accepted from a probability of .400; of such, .800 [.770, .820] were right out of fold" in page
        assert "boilerplate" not in page

    @pytest.mark.parametrize("asked", ["0", "1", "-0.5", "90", "nan", "inf"])
    def test_what_is_no_accuracy_is_refused(self, accept, examples: list[Path], asked: str) -> None:
        result = accept(examples[0], "--accept", asked)
        assert (result.code, result.stdout) == (2, b"")
        assert "lies between 0 and 1, such as 0.9" in result.stderr

    def test_an_accuracy_that_is_not_reached_names_the_highest(self, accept, examples: list[Path]) -> None:
        result = accept(examples[0], "--accept", "0.91")
        assert (result.code, result.stdout) == (2, b"")
        assert "reaches an accuracy of 0.91; ask for 0.90 at most" in result.stderr

    def test_a_model_that_was_not_measured_is_refused(self, run, saved_model: Path, examples, tmp_path: Path) -> None:
        save(pack(dataclasses.replace(load(saved_model), evaluation=None)), tmp_path / "bare")
        result = run("classify", "--model", tmp_path / "bare", examples[0], "--accept", "0.9")
        assert (result.code, result.stdout) == (2, b"")
        assert "keeps no thresholds to accept paragraphs by; train it again" in result.stderr


def test_wrong_options_exit_with_2(classify, examples: list[Path]) -> None:
    assert classify(examples[0], "--format", "xml").code == 2
    assert classify().code == 2

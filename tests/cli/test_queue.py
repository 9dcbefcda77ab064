from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

Lines = list[dict[str, object]]


@pytest.fixture
def labels(root: Path, tmp_path: Path) -> Path:
    """The project's labels, every third article of them not coded."""
    folder = Path(shutil.copytree(root / "labels", tmp_path / "labels"))
    articles = sorted({line["article"] for line in lines_of(folder / "paragraphs.jsonl")})[::3]
    for path in (folder / "annotations").glob("*.jsonl"):
        kept = [line for line in lines_of(path) if str(line["paragraph"]).split(":")[0] not in articles]
        path.write_text("".join(json.dumps(line) + "\n" for line in kept), encoding="utf-8")
    return folder


@pytest.fixture
def queue(run, labels: Path, tmp_path: Path) -> Callable[..., object]:
    def command(*arguments: object, output: Path | None = None):
        return run("queue", "--labels", labels, "--output", output or tmp_path / "queue.jsonl", *arguments)

    return command


def lines_of(path: Path) -> Lines:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_sample_tells_its_population_and_what_it_stands_for(queue, tmp_path: Path) -> None:
    result = queue("--purpose", "sample", "--size", 40, "--strata", "outlet")
    assert (result.code, result.stdout) == (0, b"")
    population, *strata, last = result.stderr.splitlines()
    assert population.startswith("population: ")
    assert " coded or set aside, " in population
    assert population.endswith(" boilerplate)")
    drawn = [line.split(": ")[1].split(" of ") for line in strata]
    assert sum(int(number) for number, _ in drawn) == 40
    there = sum(int(number) for _, number in drawn)
    assert population.startswith(f"population: {there} paragraphs of 9")
    assert "a sample of this population alone" in last
    queued = lines_of(tmp_path / "queue.jsonl")
    assert len(queued) == 40
    assert sum(1 / float(str(line["inclusion_probability"])) for line in queued) == pytest.approx(there)


def test_a_learning_queue_says_that_it_is_no_sample(queue, tmp_path: Path) -> None:
    result = queue("--purpose", "learning", "--size", 30, "--per-article", 1, "--random-share", 0.5)
    assert result.code == 0
    assert "15 where the model is in doubt, 15 by chance; no sample" in result.stderr
    queued = lines_of(tmp_path / "queue.jsonl")
    assert len({str(line["paragraph"]).split(":")[0] for line in queued}) == 30
    assert {line["drawn_by"] for line in queued} == {"learning"}


def test_the_two_purposes_are_not_mixed(queue, tmp_path: Path) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    assert queue("--purpose", "sample", "--size", 300, output=one).code == 0
    result = queue("--purpose", "learning", "--size", 300, output=two)
    assert "300 queued as a sample" in result.stderr
    assert {line["paragraph"] for line in lines_of(one)}.isdisjoint(line["paragraph"] for line in lines_of(two))
    result = queue("--purpose", "sample", "--size", 20, "--seed", 1, output=tmp_path / "three.jsonl")
    assert "stand uncoded in an earlier sample's queue, too; code one of the two, not both" in result.stderr
    assert "paragraphs drawn as a sample before: evaluation takes all samples together" in result.stderr


def test_articles_are_added_and_it_is_told(queue, labels: Path, tmp_path: Path) -> None:
    for number in range(3):
        text = "\n\n".join(f"The council of ward {number} met on day {day} about the wells." for day in range(4))
        (tmp_path / f"{number}.txt").write_text(text)
    before = len(lines_of(labels / "paragraphs.jsonl"))
    result = queue("--purpose", "sample", "--size", 12, *(f"--articles={tmp_path}/{number}.txt" for number in range(3)))
    assert result.code == 0
    assert "population: 12 paragraphs of 3 articles in the articles given" in result.stderr
    assert f"added to {labels}, each article as a whole: 12 paragraphs of 3 articles" in result.stderr
    assert len(lines_of(labels / "paragraphs.jsonl")) == before + 12


def test_an_article_that_cannot_be_read_is_told_and_the_others_are_drawn_from(queue, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("The governor opened the new bridge on Friday.")
    result = queue(
        "--purpose", "sample", "--size", 1, "--articles", tmp_path / "one.txt", "--articles", tmp_path / "no.txt"
    )
    assert result.code == 1
    assert "no.txt: there is no such file or folder" in result.stderr
    assert "(left out: 1 that could not be read)" in result.stderr
    assert len(lines_of(tmp_path / "queue.jsonl")) == 1


def test_a_review_of_labels_that_no_change_touches_writes_nothing(queue, tmp_path: Path) -> None:
    result = queue("--purpose", "review", "--coder", "lm-a")
    assert result.code == 0
    assert result.stderr == "no label of lm-a is touched by a change of the codebook; nothing was written\n"
    assert not (tmp_path / "queue.jsonl").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--purpose", "sample"], "--purpose sample needs --size"),
        (["--purpose", "review"], "--purpose review needs --coder"),
        (["--purpose", "sample", "--size", "5", "--coder", "kim"], "--coder is no option for --purpose sample"),
        (["--purpose", "sample", "--size", "5", "--per-article", "2"], "--per-article is no option for"),
        (["--purpose", "learning", "--size", "5", "--strata", "frame"], "--strata is no option for"),
        (["--purpose", "review", "--coder", "lm-a", "--articles", "x"], "--articles is no option for --purpose review"),
        (["--purpose", "sample", "--size", "5", "--model", "x"], "add --strata frame, or leave it out"),
        (["--purpose", "sample", "--size", "5", "--allocation", "equal"], "add --strata, or leave it out"),
        (["--purpose", "sample", "--size", "9999"], "9999 were asked for; ask for "),
        (["--purpose", "review", "--coder", "nobody"], "there is no coder 'nobody'"),
    ],
)
def test_options_that_do_not_fit_are_one_line_and_exit_2(queue, tmp_path: Path, arguments, message: str) -> None:
    result = queue(*arguments)
    assert (result.code, result.stdout) == (2, b"")
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (tmp_path / "queue.jsonl").exists()


@pytest.mark.parametrize("name", ["queued.jsonl", "paragraphs.jsonl", "annotations/lm-z.jsonl", ".", "no/queue.jsonl"])
def test_a_queue_is_not_written_where_it_would_do_harm(queue, labels: Path, name: str) -> None:
    before = {path: path.read_bytes() for path in labels.rglob("*") if path.is_file()}
    assert queue("--purpose", "sample", "--size", 5, output=labels / name).code == 2
    assert {path: path.read_bytes() for path in labels.rglob("*") if path.is_file()} == before


def test_an_article_that_is_read_is_not_written_over(queue, tmp_path: Path) -> None:
    article = tmp_path / "one.txt"
    article.write_text("The governor opened the new bridge on Friday.")
    result = queue("--purpose", "sample", "--size", 1, "--articles", article, output=article)
    assert result.code == 2
    assert "is among the files that are read" in result.stderr
    assert article.read_text().startswith("The governor")

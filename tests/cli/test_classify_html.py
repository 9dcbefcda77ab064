"""Pages of several articles in a folder, and the overview of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import lxml.html
import numpy as np
import pytest

from framing.artifact import load, pack, save
from framing.model.familiarity import Familiarity
from framing.report.overview_page import OVERVIEW_NAME

TEXTS = {
    "state": "Troops sealed the valley and killed ten fighters, the army said on Monday.",
    "claim": "Our fighters struck the post at Tolquen and took two trucks, the front declared.",
    "talks": "Envoys from three capitals met over the ceasefire that the summit had promised.",
}


@pytest.fixture
def classify(run, saved_model: Path):
    def command(*arguments: object, **options):
        return run("classify", "--model", saved_model, *arguments, "--format", "html", **options)

    return command


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rows = [
        {
            "id": f"{name}-{number}",
            "text": text,
            "source": f"https://www.{name}.example/1",
            "date": f"2023-0{number}-02",
        }
        for name, text in TEXTS.items()
        for number in range(1, 4)
    ]
    path = tmp_path / "news.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def opened(path: Path) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(path.read_bytes())


def text(element: lxml.html.HtmlElement) -> str:
    return " ".join(str(element.text_content()).split())


def test_several_articles_have_an_overview_that_links_to_their_pages_and_back(classify, table, tmp_path) -> None:
    folder = tmp_path / "pages"
    result = classify(table, "--output", folder)
    assert result.stderr == f"9 articles in {folder}; begin with index.html\n"
    overview = opened(folder / OVERVIEW_NAME)
    assert text(overview.find(".//h1")) == "Overview of 9 articles"
    links = overview.xpath("//section[@aria-labelledby='articles']//a/@href")
    assert sorted([*links, OVERVIEW_NAME]) == sorted(path.name for path in folder.iterdir())
    for link in links:
        assert opened(folder / link).xpath("//nav/a/@href") == [OVERVIEW_NAME]


def test_a_page_whose_name_got_a_number_is_not_written_over(classify, tmp_path: Path) -> None:
    rows = [
        {"id": name, "text": f"{TEXTS['state']} Part {part}."} for part, name in enumerate(("x", "x", "x-no2", "x"))
    ]
    table = tmp_path / "news.jsonl"
    table.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    classify(table, "--output", tmp_path / "pages")
    pages = [text(opened(path)) for path in (tmp_path / "pages").glob("x*.html")]
    assert len(pages) == 4
    assert all(sum(f"Part {part}." in page for page in pages) == 1 for part in range(4))


def test_frames_are_shown_by_source_and_by_month(classify, table: Path, tmp_path: Path) -> None:
    classify(table, "--output", tmp_path / "pages")
    overview = opened(tmp_path / "pages" / OVERVIEW_NAME)
    [by_source] = overview.xpath("//section[@aria-labelledby='by-source']//details//tbody")
    assert [[text(cell) for cell in row[:2]] for row in by_source] == [
        ["claim.example", "3"],
        ["state.example", "3"],
        ["talks.example", "3"],
    ]
    [by_time] = overview.xpath("//section[@aria-labelledby='by-time']//details//tbody")
    assert [[text(cell) for cell in row[:2]] for row in by_time] == [[f"2023-0{month}", "3"] for month in (1, 2, 3)]


def test_words_that_the_model_does_not_know_are_told_by_source(classify, tmp_path: Path) -> None:
    rows = [
        {"text": TEXTS["state"] + " Zqorvath zqorvath.", "source": "Post"},
        {"text": TEXTS["talks"], "source": "Herald"},
    ]
    (tmp_path / "news.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    classify(tmp_path / "news.jsonl", "--output", tmp_path / "pages")
    vocabulary = opened(tmp_path / "pages" / OVERVIEW_NAME).xpath("//section[@aria-labelledby='vocabulary']")[0]
    words = {text(row[0]): text(row[-1]) for row in vocabulary.find(".//tbody")}
    assert "zqorvath 2" in words["Post"]
    assert "zqorvath" not in words["Herald"]
    assert re.search(r"Usual is \d+%", text(vocabulary))


def test_one_article_has_its_page_alone(classify, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXTS["state"], encoding="utf-8")
    folder = tmp_path / "pages"
    assert classify(tmp_path / "a.txt", "--output", folder).stderr == f"1 article in {folder}\n"
    [page] = folder.iterdir()
    assert page.name != OVERVIEW_NAME
    assert not opened(page).xpath("//nav")


def test_a_page_that_framing_did_not_write_is_not_replaced(classify, table: Path, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / OVERVIEW_NAME).write_text("<title>My own page</title>", encoding="utf-8")
    result = classify(table, "--output", folder)
    assert result.code == 2
    assert result.stderr.startswith(
        f"framing: {folder / OVERVIEW_NAME}: was not written by framing, and would be replaced"
    )
    assert [path.name for path in folder.iterdir()] == [OVERVIEW_NAME]


def test_an_overview_of_ours_is_replaced(classify, table: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    classify(table, "--output", folder)
    before = (folder / OVERVIEW_NAME).read_bytes()
    assert classify(table, table, "--output", folder).code == 0
    assert b"Overview of 18 articles" in (folder / OVERVIEW_NAME).read_bytes() != before
    assert classify(table, "--output", folder).code == 0
    assert (folder / OVERVIEW_NAME).read_bytes() == before


def test_a_folder_in_the_place_of_the_overview_is_told(classify, table: Path, tmp_path: Path) -> None:
    (tmp_path / "pages" / OVERVIEW_NAME).mkdir(parents=True)
    result = classify(table, "--output", tmp_path / "pages")
    assert result.code == 2
    assert "cannot be read" in result.stderr


def test_what_was_not_accepted_is_told_and_not_counted(run, saved_model: Path, table: Path, tmp_path: Path) -> None:
    artifact = load(saved_model)
    figure = {"value": 0.9, "low": 0.8, "high": 0.95}
    entries = [{"accuracy": 0.9, "threshold": 0.5, "kept": figure, "accuracy_of_kept": figure}]
    nothing = np.zeros(1)
    known = artifact.model.words or artifact.model.terms
    limits = Familiarity(
        frozenset({"the"}), np.zeros(len(known.terms)), np.array([5.0]), nothing, nothing, nothing - 9, 0.5
    )
    accepting = type(artifact)(
        **{
            **{name: getattr(artifact, name) for name in ("name", "codebook", "segmentation", "model", "manifest")},
            "evaluation": {**(artifact.evaluation or {}), "in_use": {"acceptance": {"thresholds": entries}}},
            "familiarity": limits,
        }
    )
    save(pack(accepting), tmp_path / "accepting")
    loud = tmp_path / "loud.txt"
    loud.write_text(TEXTS["state"].upper(), encoding="utf-8")
    result = run(
        "classify", "--model", tmp_path / "accepting", table, loud, "--format", "html", "--output", tmp_path / "pages",
        "--accept", "0.9",
    )  # fmt: skip
    assert result.code == 0
    kept = int(re.search(r"kept (\d+) of 10 paragraphs", result.stderr)[1])  # type: ignore[index]
    overview = opened(tmp_path / "pages" / OVERVIEW_NAME)
    assert f"{kept} paragraphs in {kept} articles: accepted from a probability of .500" in text(
        overview.find(".//header")
    )
    assert len(list((tmp_path / "pages").iterdir())) == kept + 1
    assert "Overview of 10 articles" in text(overview)
    [warned] = overview.xpath("//section[@aria-labelledby='warned']//li")
    assert text(warned) == str(loud)
    assert not warned.xpath(".//a")

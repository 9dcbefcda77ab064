from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

CODEBOOK = (
    'name = "weather"\nversion = "1"\nresidual = "none"\n'
    '[[frame]]\nid = "storm"\n[[frame]]\nid = "drought"\n[[frame]]\nid = "calm-before-or-after"\n'
)


@pytest.fixture
def labels(root: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(root / "labels", tmp_path / "labels"))


def made(folder: Path, frames: dict[str, list[str | None]], texts: list[str] | None = None, **told: Any) -> Path:
    """Write a labels folder in which each coder gave a frame, or none, to the paragraphs one by one."""
    (folder / "annotations").mkdir(parents=True)
    (folder / "codebook.toml").write_text(CODEBOOK, encoding="utf-8")
    n = len(next(iter(frames.values()), [])) or 1
    texts = texts or [f"Rain on day {row}." for row in range(n)]
    lines = [
        {"id": f"p{row}", "article": f"a{row // 2}", "position": row % 2, "text": texts[row % len(texts)]}
        for row in range(n)
    ]
    (folder / "paragraphs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    for coder, given in frames.items():
        lines = [
            {"paragraph": f"p{row}", "frame": frame, **told} for row, frame in enumerate(given) if frame is not None
        ]
        (folder / "annotations" / f"{coder}.jsonl").write_text(
            "".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8"
        )
    return folder


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_the_projects_labels(run, labels: Path, columns: int) -> None:
    result = run("labels", "agreement", labels, columns=columns)
    assert (result.code, result.stderr) == (0, "")
    text, lines = words(result.text), result.text.splitlines()
    assert lines[0].startswith("The coders are programs.")
    assert "7 coders; 2,422 paragraphs coded, all of them by two coders or more, from 278 articles." in text
    overall = next(line.split() for line in lines if line.startswith("all labels"))
    assert overall[2] == ".956"
    assert overall[-1] == "firm"
    assert "without lm-g" in text
    assert "all coders" in text
    assert "Krippendorff 2004" in text
    assert "lm-g coded only paragraphs on which others differ." in text
    assert "All these intervals are ±.05 or narrower" in text
    assert "None of the 2,422 double-coded paragraphs was drawn by chance" in text
    assert "grievance/root-cause, none 18 21% 2%" in text
    assert "all sure 1,570 1.00 [1.00, 1.00] 1.00 [1.00, 1.00]" in text
    assert "In dispute, without gold: 2 paragraphs. Settled by an adjudicator: 0." in text
    assert "i16:7 (3 codings, 3 frames, 3 lines written on it)" in text
    assert "lm-e: security-operation, unsure, or grievance/root-cause" in text
    assert max(map(len, lines)) <= min(columns, 100)
    assert "\x1b" not in result.text


def test_the_statement_comes_first_wherever_there_are_two_coders(run, tmp_path: Path) -> None:
    folder = made(tmp_path / "labels", {"al": ["storm", None], "bo": [None, "none"]})
    result = run("labels", "agreement", folder)
    assert result.code == 0
    assert result.text.startswith("It is not told whether the coders are persons or programs")
    assert "No paragraph has codings by two coders or more, so there is no agreement" in words(result.text)


@pytest.mark.parametrize(
    ("frames", "said"),
    [
        ({}, "There are no codings, so there is no agreement to measure."),
        ({"al": ["storm", "none"]}, "codings of one coder only, al"),
        ({"al": ["storm"] * 6, "bo": ["storm"] * 6}, "Only one label was ever given, so alpha is not defined"),
        ({"al": ["storm", "none"], "bo": ["storm", "drought"]}, "All of it is from one article"),
        ({"al": ["storm", "none"] * 40, "bo": ["storm", "none"] * 40}, "The coders never differ"),
        ({"al": ["storm", "none"] * 5, "bo": ["storm"] * 10}, "Intervals from so few articles, 5, are too narrow"),
    ],
)
@pytest.mark.parametrize("columns", [60, 80])
def test_what_is_hard_to_measure_is_told(run, tmp_path: Path, frames: dict, said: str, columns: int) -> None:
    result = run("labels", "agreement", made(tmp_path / "labels", frames), columns=columns)
    assert (result.code, result.stderr) == (0, "")
    assert said in words(result.text)
    assert max(map(len, result.text.splitlines())) <= columns


def wide(n_coders: int, n: int = 40) -> dict[str, list[str | None]]:
    frames = ["storm", "drought", "calm-before-or-after", "none"]
    return {
        f"coder-{place:02}": [frames[(row + (row * place) % 7 // 6) % 4] for row in range(n)]
        for place in range(n_coders)
    }


@pytest.mark.parametrize("columns", [60, 80])
def test_twenty_coders_show_the_pairs_with_most_in_common(run, tmp_path: Path, columns: int) -> None:
    folder, output = made(tmp_path / "labels", wide(20)), tmp_path / "agreement.json"
    result = run("labels", "agreement", folder, "-o", output, columns=columns)
    assert result.code == 0
    assert "180 more pairs, with less in common; --output writes all." in words(result.text)
    assert len(json.loads(output.read_text(encoding="utf-8"))["pairs"]) == 190
    assert max(map(len, result.text.splitlines())) <= columns


@pytest.mark.parametrize("columns", [60, 80])
def test_no_figure_is_cut_off(run, tmp_path: Path, columns: int) -> None:
    folder = made(tmp_path / "labels", wide(3))
    result = run("labels", "agreement", folder, "-o", tmp_path / "found.json", columns=columns)
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    rows = [line.split() for line in result.text.splitlines()]
    alphas = [row for row in rows if row[:1] in (["storm"], ["drought"]) and row[-1] in ("firm", "tentative", "too")]
    assert len(alphas) == 2
    needed = found["all_coders"]["overall"]["more_paragraphs"]
    assert needed > 0
    assert f"{needed:,}" in next(row[-1] for row in rows if row[:2] == ["all", "labels"] and "±" in row[2])
    kappas = [row for row in rows if row[:1] in (["coder-00,"], ["coder-01,"])]
    assert len(kappas) == 3
    for row, pair in zip(kappas, found["pairs"], strict=True):
        kappa = pair["cohen_kappa"]
        shown = " ".join(f"{kappa[key]:.2f}".replace("0.", ".") for key in ("value", "low", "high"))
        assert shown in " ".join(row).replace("[", "").replace("],", "").replace(",", "").replace("]", "")


def test_all_figures_are_written_as_json(run, labels: Path, tmp_path: Path) -> None:
    output = tmp_path / "agreement.json"
    result = run("labels", "agreement", labels, "--output", output)
    assert result.stderr == f"written to {output}\n"
    found = json.loads(output.read_text(encoding="utf-8"))
    assert found["statement"].startswith("The coders are programs.")
    for key in ("all_coders", "without_third_coders"):
        assert set(found[key]["overall"]["krippendorff_alpha"]) == {"value", "low", "high"}
        assert len(found[key]["per_frame"]) == 5
    assert len(found["pairs"]) == 9
    assert found["thresholds"]["firm"] == 0.8
    assert [entry["paragraph"] for entry in found["disputes"]["open"]] == ["i16:7", "i16:8"]
    assert found["disputes"]["open"][0]["text"].startswith("Then, in the thick of mourning")
    assert str(tmp_path) not in output.read_text(encoding="utf-8")


def test_a_seed_gives_the_same_figures_again(run, labels: Path) -> None:
    once, again, other = (run("labels", "agreement", labels, "--seed", seed).text for seed in (1, 1, 2))
    assert once == again != other


def test_chosen_coders(run, labels: Path) -> None:
    result = run("labels", "agreement", labels, "--coders", "lm-a, lm-b", "--disputes", 3)
    text = words(result.text)
    assert "2 coders; 547 paragraphs coded, all of them" in text
    assert "In dispute between these coders: 13 paragraphs. Settled by an adjudicator: 0. Shown: 3," in text
    assert text.count("lines written on it") == 3
    assert "lm-c" not in text


@pytest.mark.parametrize("coders", ["lm-a,zoe", "lm-a", ","])
def test_coders_that_cannot_be_compared_are_a_usage_error(run, labels: Path, coders: str) -> None:
    result = run("labels", "agreement", labels, "--coders", coders)
    assert (result.code, result.stdout) == (2, b"")
    assert len(result.stderr.splitlines()) == 1


def test_no_dispute_is_shown_where_none_is_wanted(run, labels: Path) -> None:
    text = run("labels", "agreement", labels, "--disputes", 0).text
    assert "In dispute, without gold: 2 paragraphs." in text
    assert "written on it" not in text


def test_what_is_read_is_not_written_over(run, labels: Path) -> None:
    path = labels / "annotations" / "lm-a.jsonl"
    before = path.read_bytes()
    result = run("labels", "agreement", labels, "-o", path)
    assert result.code == 2
    assert "is among the files that are read" in result.stderr
    assert path.read_bytes() == before


def test_no_such_folder(run, tmp_path: Path) -> None:
    result = run("labels", "agreement", tmp_path / "absent")
    assert (result.code, result.stdout) == (1, b"")
    assert "no such labels folder" in result.stderr


def test_a_torn_line_is_told_beside_the_figures(run, labels: Path) -> None:
    with (labels / "annotations" / "lm-a.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"paragraph": "c01')
    result = run("labels", "agreement", labels)
    assert result.code == 0
    assert "annotations/lm-a.jsonl:548: the last line is cut off" in result.stderr


@pytest.mark.parametrize("columns", [60, 80])
def test_untrusted_words_do_not_drive_the_terminal(run, tmp_path: Path, columns: int) -> None:
    texts = ["\x1b[31mred\x1b[0m \u202eback [bold]x[/bold]\n\nand on", "word " * 5000]
    frames: dict[str, list[str | None]] = {"al": ["storm", "storm", "none"] * 4, "bo": ["none", "drought", "none"] * 4}
    folder = made(tmp_path / "labels", frames, texts, note="\x1b]0;owned\x07 see [red]rule 3[/red]")
    result = run("labels", "agreement", folder, columns=columns)
    assert result.code == 0
    assert "\x1b" not in result.text
    assert "\x07" not in result.text
    assert "\u202e" not in result.text
    assert "[bold]x[/bold] and on" in result.text
    assert "see [red]rule 3[/red]" in words(result.text)
    assert max(map(len, result.text.splitlines())) <= columns
    assert len(result.text) < 20_000

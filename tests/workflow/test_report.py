"""The report of a model's folder: what is read, what is written, and what is refused."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from framing.artifact import Artifact, load, pack, save
from framing.artifact.storage import COMPANIONS, refuse_foreign
from framing.errors import ArtifactError, FramingError, InputError, MissingExtraError, UsageError
from framing.workflow.report import SECTIONS, Written, read_source, write_report

ROOT = Path(__file__).parents[2]
DEFAULT = ROOT / "artifacts" / "conflict-frames"
RUN = {"seconds": 1234.5, "stages": [{"name": "outer folds", "seconds": 400.1}], "processes": 2}
ANSWER = "The keeper of these labels answers letters."


@pytest.fixture(scope="module")
def default() -> Artifact:
    return load(DEFAULT)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return shutil.copytree(DEFAULT, tmp_path / "model", ignore=shutil.ignore_patterns(*COMPANIONS))


@pytest.fixture
def saved(default: Artifact, tmp_path: Path) -> Callable[[Any], Path]:
    """Save the default model with another evaluation."""

    def with_evaluation(evaluation: Any) -> Path:
        save(pack(replace(default, evaluation=evaluation)), tmp_path / "other")
        return tmp_path / "other"

    return with_evaluation


@pytest.fixture
def question() -> str:
    """Return the id of a question that only people can answer, as the default model's report shows."""
    from framing.report.checklists import checklists

    lists = checklists(replace(read_source(DEFAULT), answers={}))
    return next(answer.identifier for one in lists for answer in one.answers if answer.text is None)


def page(written: Written) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(written.report.read_text(encoding="utf-8"))


def words(written: Written) -> str:
    return " ".join(str(page(written).text_content()).split())


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_page_and_card_lie_in_the_folder_and_the_model_is_as_it_was(model: Path) -> None:
    before = bytes_of(model)
    written = write_report(model)
    assert written == Written(model / "report.html", model / "MODEL_CARD.md")
    after = bytes_of(model)
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {"report.html", "MODEL_CARD.md"}
    refuse_foreign(model)
    assert load(model).description in words(written) or load(model).manifest["digest"][:12] in words(written)
    assert written.card.read_text(encoding="utf-8").startswith("#")


def test_every_section_stands_on_the_page_in_the_order_in_which_a_reviewer_asks(model: Path) -> None:
    places = [str(name) for name in page(write_report(model)).xpath("//h2/@id")]
    expected = [section.__name__.removesuffix("_section") for section in SECTIONS]
    assert [name for name in places if name in expected] == expected
    assert expected[0] == "data"
    assert expected[-1] == "checklists"


def test_the_same_folder_gives_the_same_bytes(model: Path) -> None:
    once = bytes_of(write_report(model).report.parent)
    assert bytes_of(write_report(model).report.parent) == once


def test_answers_of_people_fill_what_is_open(model: Path, tmp_path: Path, question: str) -> None:
    answers = tmp_path / "answers.toml"
    assert ANSWER not in words(write_report(model))
    answers.write_text(f'{question} = "{ANSWER}"\n', encoding="utf-8")
    assert ANSWER in words(write_report(model, answers=answers))


def test_answers_come_before_the_datasheet_of_the_labels(
    saved: Callable[[Any], Path], default: Artifact, tmp_path: Path, question: str
) -> None:
    evaluation = deepcopy(default.evaluation) or {}
    evaluation["data"] = {**evaluation.get("data", {}), "datasheet": {question: "As the labels have it."}}
    model, answers = saved(evaluation), tmp_path / "answers.toml"
    assert read_source(model).answers[question] == "As the labels have it."
    answers.write_text(f'{question} = "{ANSWER}"\n', encoding="utf-8")
    assert read_source(model, answers=answers).answers[question] == ANSWER


def test_an_answer_to_no_question_is_refused_with_its_line(model: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text('\n"nobody.asked.this" = "Yes."\n', encoding="utf-8")
    with pytest.raises(InputError, match="is no question") as caught:
        write_report(model, answers=answers)
    assert caught.value.line == 2
    assert not (model / "report.html").exists()


def test_what_training_took_is_told_where_it_was_kept(model: Path) -> None:
    assert "holds no run.json" in words(write_report(model))
    (model / "run.json").write_text(json.dumps(RUN), encoding="utf-8")
    told = words(write_report(model))
    assert "holds no run.json" not in told
    assert "20.6 min" in told


@pytest.mark.parametrize(
    "content",
    [
        "[1]",
        "{",
        "null",
        '{"seconds": "long"}',
        '{"seconds": -1}',
        '{"seconds": true}',
        '{"seconds": NaN}',
        '{"seconds": 1e400}',
        '{"cores": ' + "9" * 6_000 + "}",
        '{"machine": ["x"]}',
        '{"stages": {"name": 1}}',
        '{"stages": [{"name": "folds"}]}',
        '{"stages": [7]}',
        '{"machine": "' + "x" * 2**20 + '"}',
        "[" * 100_000,
        "\ud800",
    ],
)
def test_a_run_that_is_none_is_one_line_that_names_the_file(model: Path, content: str) -> None:
    (model / "run.json").write_bytes(content.encode("utf-8", errors="surrogatepass"))
    with pytest.raises(ArtifactError) as caught:
        write_report(model)
    assert caught.value.path == str(model / "run.json")
    assert "delete it" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (model / "report.html").exists()


def test_a_run_that_is_a_folder_is_refused(model: Path) -> None:
    (model / "run.json").mkdir()
    with pytest.raises(ArtifactError, match="is no file"):
        write_report(model)


@pytest.mark.parametrize("evaluation", [None, {}])
def test_a_model_that_was_not_evaluated_says_what_to_do(saved: Callable[[Any], Path], evaluation: Any) -> None:
    with pytest.raises(UsageError, match="'framing train' evaluates"):
        write_report(saved(evaluation))


def damaged(evaluation: dict[str, Any], *keys: str, value: Any = None, gone: bool = False) -> dict[str, Any]:
    evaluation = deepcopy(evaluation)
    inner: Any = evaluation
    for key in keys[:-1]:
        inner = inner[key]
    if gone:
        del inner[keys[-1]]
    else:
        inner[keys[-1]] = value
    return evaluation


@pytest.mark.parametrize(
    "changes",
    [
        {"keys": ("protocol",), "gone": True},
        {"keys": ("protocol",), "value": []},
        {"keys": ("metrics", "macro_f1"), "value": "high"},
        {"keys": ("metrics",), "value": {}},
        {"keys": ("per_frame",), "value": {"another": {}}},
        {"keys": ("label_issues", "ranked"), "value": [3]},
        {"keys": ("folds",), "value": [None]},
        {"keys": ("data",), "value": [1]},
    ],
    ids=str,
)
def test_an_evaluation_of_another_shape_is_one_line_that_names_it(
    saved: Callable[[Any], Path], default: Artifact, changes: dict[str, Any]
) -> None:
    model = saved(damaged(default.evaluation or {}, *changes.pop("keys"), **changes))
    with pytest.raises(ArtifactError) as caught:
        write_report(model)
    assert caught.value.path == str(model / "evaluation.json")
    assert "train the model again" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (model / "report.html").exists()


def test_a_report_elsewhere_leaves_the_folder_alone(model: Path, tmp_path: Path) -> None:
    before = bytes_of(model)
    (tmp_path / "pages").mkdir()
    written = write_report(model, output=tmp_path / "pages" / "mine.html")
    assert written == Written(tmp_path / "pages" / "mine.html", tmp_path / "pages" / "MODEL_CARD.md")
    assert written.report.stat().st_size > 10_000
    assert bytes_of(model) == before


@pytest.mark.parametrize(
    "output",
    [
        "model/manifest.json",
        "model/weights.npy",
        "model/run.json",
        "model/page.html",
        "model",
        ".",
        "/",
        "MODEL_CARD.md",
    ],
)
def test_a_report_is_not_written_over_the_model_or_its_card(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    monkeypatch.chdir(tmp_path)
    before = bytes_of(model)
    with pytest.raises(UsageError):
        write_report(model, output=output)
    assert bytes_of(model) == before


def test_a_report_is_not_written_over_its_answers(model: Path, tmp_path: Path, question: str) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text(f'{question} = "{ANSWER}"\n', encoding="utf-8")
    with pytest.raises(UsageError, match="is read for the report"):
        write_report(model, answers=answers, output=answers)
    assert ANSWER in answers.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COMPANIONS)
def test_a_link_in_a_model_s_folder_leads_nowhere(model: Path, tmp_path: Path, name: str) -> None:
    mine = tmp_path / "mine"
    mine.write_text("[model_card]\nsecret = 'mine'\n")
    (model / name).symlink_to(mine)
    with pytest.raises(UsageError, match=rf"{re.escape(name)}: is a link") as refused:
        write_report(model)
    assert "secret" not in str(refused.value)
    assert mine.read_text().startswith("[model_card]")


@pytest.mark.parametrize("name", ["report.html", "MODEL_CARD.md"])
def test_what_is_no_report_is_not_written_over(model: Path, tmp_path: Path, name: str) -> None:
    output = tmp_path / "report.html"
    write_report(model, output=output)
    write_report(model, output=output)
    (tmp_path / name).write_text("Labels, or notes of months.")
    with pytest.raises(UsageError, match=rf"{re.escape(name)}: is there and no report of framing's"):
        write_report(model, output=output)
    assert (tmp_path / name).read_text() == "Labels, or notes of months."


def test_a_report_into_a_folder_that_is_not_there_is_refused(model: Path, tmp_path: Path) -> None:
    with pytest.raises(FramingError, match="cannot be written"):
        write_report(model, output=tmp_path / "nowhere" / "report.html")


def test_figures_stay_out_of_the_model_s_folder(model: Path) -> None:
    for folder in (model, model / "figures"):
        with pytest.raises(UsageError, match="lies in the folder of the model"):
            write_report(model, figures=folder)
    assert not (model / "figures").exists()


def test_every_figure_of_the_page_is_written_as_svg_and_pdf(model: Path, tmp_path: Path) -> None:
    if find_spec("typst") is None:
        with pytest.raises(MissingExtraError, match="figures"):
            write_report(model, figures=tmp_path / "figures")
        # An extra that is missing leaves nothing half done.
        assert not (model / "report.html").exists()
        return
    written = write_report(model, figures=tmp_path / "figures")
    assert {path.name for path in written.figures} == {path.name for path in (tmp_path / "figures").iterdir()}
    stems = [path.stem for path in written.figures]
    assert len(stems) == 2 * len(set(stems))
    assert len(set(stems)) == len(page(written).xpath("//main//figure[.//*[local-name()='svg']]"))


def long(number: int) -> str:
    return f"{number} " + "Long and winding name of a place, an outlet or a person " * 4


def of_many(evaluation: dict[str, Any], labels: tuple[str, ...]) -> dict[str, Any]:
    """Blow a real evaluation up to what a hundred thousand paragraphs of very many groups may give.

    Its figures are invented: this is about size alone.
    """
    found = deepcopy(evaluation)
    for stratum in found["shift"].values():
        groups = stratum["groups"]
        stratum["groups"] = [{**groups[n % len(groups)], "name": long(n)} for n in range(2_000)]
        stratum["notes"] = [long(n) for n in range(5)]
    issues = found["label_issues"]
    coders = {long(n): labels[n % len(labels)] for n in range(60)}
    for key in ("ranked", "confident_errors"):
        issues[key] = [{**entry, "coders": coders, "paragraph": f"p{n}"} for n, entry in enumerate(issues[key] * 2)]
    text = "Soldiers held the ford until noon. " * 300
    shown = {"candidates": list(labels), **issues["ranked"][0]}
    lists = {key: [{**shown, "paragraph": f"e{n}"} for n in range(200)] for key in ("right", "wrong", "uncertain")}
    texts = {f"{letter}{n}": text for letter in "pe" for n in range(200)}
    found["examples"] = {"rule": "By lot.", **lists, "texts": texts}
    found["folds"] = found["folds"] * 20
    found["baselines"] |= {f"b{n}": found["baselines"]["majority"] | {"title": long(n)} for n in range(50)}
    found["consistency"]["pairs"] = [
        {**pair, **{key: long(n) for key in ("one", "other", "coders") if isinstance(pair.get(key), str)}}
        for n, pair in enumerate(found["consistency"]["pairs"] * 300)
    ]
    found["consistency"]["coders"] |= {long(n): next(iter(found["consistency"]["coders"].values())) for n in range(100)}
    found["behaviour"]["invariance"] = found["behaviour"]["invariance"] * 10
    found["behaviour"]["directional"]["each"] = found["behaviour"]["directional"]["each"] * 50
    found["in_use"]["acceptance"]["thresholds"] = found["in_use"]["acceptance"]["thresholds"] * 50
    groups = [
        {"name": long(n), "articles": 3, "paragraphs": 9, "labels": dict.fromkeys(labels, 1)} for n in range(3_000)
    ]
    found["data"] = {
        "paragraphs": 100_000,
        "articles": 12_000,
        "with_gold": 99_000,
        "boilerplate": 700,
        "ours": True,
        "words_per_paragraph": {"least": 1, "quartiles": [20, 32, 44], "most": 1_460},
        "paragraphs_per_article": {"least": 1, "quartiles": [6, 8, 10], "most": 300},
        "labels": {label: {"paragraphs": 9_000, "articles": 4_000} for label in labels},
        "strata": dict.fromkeys(("region", "conflict", "outlet_type", "year", long(1)), groups),
        "sources": [{"name": long(n), "articles": 2, "paragraphs": 8} for n in range(9_000)],
        "coders": {long(n): {"kind": "person", "description": long(n), "paragraphs": 40} for n in range(300)},
        "datasheet": {},
    }
    return found


def test_the_report_of_a_hundred_thousand_paragraphs_stays_small(
    saved: Callable[[Any], Path], default: Artifact
) -> None:
    written = write_report(saved(of_many(default.evaluation or {}, default.codebook.labels)))
    assert written.report.stat().st_size < 5_000_000
    assert written.card.stat().st_size < 500_000
    told = words(written)
    # What is cut is told.
    assert len(re.findall(r"\d+ more|not shown|The first \d+ of", told)) >= 5


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    shutil.copy(DEFAULT / "evaluation.json", tmp_path)
    with pytest.raises(ArtifactError):
        write_report(tmp_path)

"""The benchmarks run in small, their tables are those of the committed results, and what they make is what they say."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from framing.text.reading import read_articles

NAMES = ("measuring", "corpus", "peers", "scoring", "exactness", "streaming", "training", "cluster")


@pytest.fixture(scope="module")
def folder(root: Path) -> Path:
    return root / "experiments" / "benchmarks"


@pytest.fixture(scope="module")
def scripts(folder: Path) -> Iterator[SimpleNamespace]:
    """The scripts, which import one another by name; their names are taken away again for other tests' sake."""
    before = set(sys.modules)
    sys.path.insert(0, str(folder))
    yield SimpleNamespace(**{name: import_module(name) for name in NAMES})
    while str(folder) in sys.path:
        sys.path.remove(str(folder))
    for name in {path.stem for path in folder.glob("*.py")} - before:
        sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def corpus(scripts: SimpleNamespace):
    return scripts.corpus.Corpus.of_labels()


@pytest.fixture
def shared_corpus(scripts: SimpleNamespace, corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let scripts have the labels' words that have been read already, which takes longer than what they do in small."""
    monkeypatch.setattr(scripts.corpus.Corpus, "of_labels", lambda: corpus)


@pytest.fixture(scope="module")
def tables(scripts: SimpleNamespace, folder: Path) -> ModuleType:
    # Under another name: there is a module called tables in the folder above, too.
    spec = spec_from_file_location("benchmark_tables", folder / "tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tables_of_the_page_are_those_of_the_results(tables: ModuleType, folder: Path) -> None:
    page = (folder / "README.md").read_text(encoding="utf-8")
    assert tables.page(page) == page, "run: python experiments/benchmarks/tables.py"
    assert tables.unbacked(page) == []
    with pytest.raises(ValueError, match="nowhere"):
        tables.between(page, "nowhere", "")


def test_a_result_changes_its_part_of_the_page_alone(tables: ModuleType, tmp_path: Path) -> None:
    page = "before\n" + "".join(f"<!-- {name} -->\n<!-- end of {name} -->\n" for name in tables.SCRIPTS) + "after\n"
    assert tables.page(page, tmp_path) == page
    assert tables.unbacked(page, tmp_path) == []
    seconds = {"1 process": [4.0], "2 processes": [2.5], "1 Dask worker": [6.0], "2 Dask workers": [3.0]}
    machine = {
        "processor": "P",
        "cores": 2,
        "memory_gigabytes": 4,
        "system": "S",
        "python": "3",
        "versions": {"n": "1"},
    }
    result = {"command": "python cluster.py", "machine": machine, "seconds": seconds}
    (tmp_path / "cluster.json").write_text(json.dumps(result), encoding="utf-8")
    before, found, after = tables.page(page, tmp_path).partition("| 2 processes against 1 process | 4.00 | 2.50 | 1.60")
    assert found
    assert "2 Dask workers against 1 Dask worker | 6.00 | 3.00 | 2.00 [2.00, 2.00]" in after
    assert "`python cluster.py`: P, 2 cores" in after
    assert before.startswith("before\n<!-- scoring -->\n<!-- end of scoring -->\n")
    assert after.endswith("<!-- training -->\n<!-- end of training -->\nafter\n")


def test_a_table_of_another_result_or_of_none_fails_the_check(
    tables: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page, results = tmp_path / "README.md", tmp_path / "results"
    monkeypatch.setattr(tables, "PAGE", page)
    for function in (tables.page, tables.unbacked):
        monkeypatch.setattr(tables, function.__name__, partial(function, results=results))
    results.mkdir()
    empty = "".join(f"<!-- {name} -->\n<!-- end of {name} -->\n" for name in tables.SCRIPTS)
    page.write_text(empty, encoding="utf-8")
    assert tables.main(["--check"]) == 0
    page.write_text(tables.between(empty, "training", "| 3 |"), encoding="utf-8")
    assert tables.main(["--check"]) == 1
    assert "no result is there for the tables: training" in capsys.readouterr().err
    names = ("1 process", "2 processes", "1 Dask worker", "2 Dask workers")
    machine = dict.fromkeys(("processor", "cores", "memory_gigabytes", "system", "python"), "0") | {"versions": {}}
    result = {"command": "python cluster.py", "machine": machine, "seconds": {name: [4.0] for name in names}}
    (results / "cluster.json").write_text(json.dumps(result), encoding="utf-8")
    page.write_text(empty, encoding="utf-8")
    assert tables.main(["--check"]) == 1
    assert page.read_text(encoding="utf-8") == empty
    assert tables.main([]) == 0
    assert tables.main(["--check"]) == 0
    page.write_text(page.read_text(encoding="utf-8").replace("4.00", "3.99", 1), encoding="utf-8")
    assert tables.main(["--check"]) == 1
    assert "are not those of the results" in capsys.readouterr().err


def test_one_seed_gives_one_corpus_and_a_smaller_one_is_its_beginning(corpus) -> None:
    made, again, other = (list(corpus.paragraphs(size, seed)) for size, seed in ((60, 1), (90, 1), (60, 2)))
    assert made == again[:60]
    assert made != other
    assert len({one.article for one in made}) > 3
    for one in made:
        template = corpus.labelled.texts[one.template]
        assert one.text.strip()
        assert one.text.isascii() == template.isascii()


def test_made_paragraphs_are_as_long_as_labelled_ones_and_have_new_words(scripts: SimpleNamespace, corpus) -> None:
    texts = corpus.labelled.texts
    words, pairs = scripts.corpus._known(texts)
    made = scripts.corpus.likeness([one.text for one in corpus.paragraphs(600)], words, pairs, set())
    assert made["words a paragraph"] == pytest.approx(33.2, rel=0.1)
    assert 0.85 < made["share of words that the labels have"] < 0.95
    assert 0.38 < made["share of pairs that the labels have"] < 0.5
    assert 0.45 < made["growth: exponent over the last three doublings"] < 0.8


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_shards_are_read_as_they_were_made(scripts: SimpleNamespace, corpus, kind: str, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    paths = scripts.corpus.write_shards(corpus, 50, tmp_path, shards=3, kind=kind, seed=4)
    assert len(paths) == 3
    expected: dict[str, list[str]] = {}
    for one in corpus.paragraphs(50, 4):
        expected.setdefault(one.article, []).append(one.text)
    errors: list[Exception] = []
    found = {}
    for path in paths:
        articles = list(
            read_articles(str(path), kind="auto", stdin=sys.stdin.buffer, on_error=errors.append, on_skip=errors.append)
        )
        assert articles
        assert not found.keys() & {article.id for article in articles}
        found |= {article.id: article.text for article in articles}
    assert not errors
    assert found.keys() == expected.keys()
    assert all(text == "\n\n".join(expected[article]) for article, text in found.items())


def test_made_paragraphs_can_be_learnt_from(scripts: SimpleNamespace, corpus) -> None:
    data = scripts.corpus.labelled(corpus, corpus.paragraphs(40))
    assert data.targets.sum(axis=1) == pytest.approx(np.ones(40))
    assert (data.gold >= 0).all()
    assert set(data.strata["outlet_type"]) - {""}


def test_contenders_take_turns(scripts: SimpleNamespace) -> None:
    order: list[str] = []
    contenders = [
        scripts.measuring.Contender(name, run=lambda name=name: order.append(name), threads=threads)
        for name, threads in (("a", 1), ("b", 2))
    ]
    seconds = scripts.measuring.take_turns(contenders, rounds=4)
    assert {name: len(taken) for name, taken in seconds.items()} == {"a": 4, "b": 4}
    assert sorted(order) == ["a"] * 5 + ["b"] * 5
    assert len({tuple(order[place : place + 2]) for place in range(0, 10, 2)}) == 2
    assert gc.get_freeze_count() == 0
    again = order.copy()
    order.clear()
    scripts.measuring.take_turns(contenders, rounds=4)
    assert order == again
    order.clear()
    assert scripts.measuring.take_turns(contenders[:1], rounds=1).keys() == {"a"}
    assert order == ["a"]
    assert scripts.measuring.ratio([2.0, 6.0, 4.0], [1.0, 2.0, 4.0]) == scripts.measuring.Ratio(2.0, 1.0, 3.0)


def test_a_result_tells_the_machine_and_no_place_on_it(scripts: SimpleNamespace, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "some.py"), "--work", str(tmp_path / "corpus")])
    path = scripts.measuring.save("some", {"figure": 1}, tmp_path / "deep" / "some.json")
    content = path.read_text(encoding="utf-8")
    assert str(tmp_path) not in content
    assert json.loads(content)["command"] == "python experiments/benchmarks/some.py --work corpus"
    assert json.loads(content)["machine"]["cores"] > 0


def ran(script: ModuleType, output: Path, *arguments: str) -> dict:
    """Run a script as its command does, and return the result it wrote."""
    assert script.main([*arguments, "--output", str(output)]) == 0
    return json.loads(output.read_text(encoding="utf-8"))


@pytest.mark.usefixtures("shared_corpus")
def test_scoring_in_small(scripts: SimpleNamespace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few = ("--paragraphs", "40", "--rounds", "1", "--without-accuracy")
    result = ran(scripts.scoring, tmp_path / "scoring.json", *few)
    names = [entry["name"] for entry in result["contenders"]]
    assert len(set(names)) == len(names)
    assert {scripts.scoring.PIPELINE, scripts.scoring.PLAIN, "framing, numpy, strings"} <= set(names)
    by_name = {entry["name"]: entry for entry in result["contenders"]}
    assert by_name[scripts.scoring.PIPELINE]["ratio"] == {"median": 1.0, "low": 1.0, "high": 1.0}
    printed = capsys.readouterr().out
    assert all(name in printed for name in names)


def test_the_accuracy_is_that_of_articles_that_were_not_learnt_from(scripts: SimpleNamespace, corpus) -> None:
    from framing.artifact import default_folder, load

    labelled = corpus.labelled
    kept = [row for rows in corpus.articles[::6] for row in rows]
    few = replace(
        labelled,
        texts=[labelled.texts[row] for row in kept],
        articles=[labelled.articles[row] for row in kept],
        gold=labelled.gold[kept],
        targets=labelled.targets[kept],
        strata={"outlet_type": [labelled.strata["outlet_type"][row] for row in kept]},
    )
    found = scripts.scoring.held_out(load(default_folder()), few)
    assert {"framing, in their articles", scripts.scoring.PLAIN} <= set(found)
    assert all(0.25 < accuracy < 0.8 for accuracy in found.values())


def test_every_contender_of_the_package_gives_the_pipelines_probabilities(scripts: SimpleNamespace, corpus) -> None:
    from framing.artifact import default_folder, load

    artifact = load(default_folder())
    texts = [made.text for made in corpus.paragraphs(30)]
    for model in (artifact, scripts.scoring.terms_alone(artifact)):
        rows = scripts.scoring.our_rows(model.model, texts, against="")
        expected = scripts.scoring.pipeline_rows(model, texts)[0].contender.run()
        assert len(rows) >= 2
        for row in rows:
            assert np.abs(row.contender.run() - expected).max() < 1e-9
    assert np.abs(scripts.scoring.plain_rows(model, texts)[0].contender.run() - expected).max() < 1e-12


@pytest.mark.usefixtures("shared_corpus")
def test_exactness_in_small(scripts: SimpleNamespace, tmp_path: Path) -> None:
    few = ("--paragraphs", "60", "--strings", "60", "--step", "2000")
    result = ran(scripts.exactness, tmp_path / "exactness.json", *few)
    assert set(result["sets"]) == {"made paragraphs", "every code point", "drawn strings"}
    for by_scorer in result["sets"].values():
        assert all(kept["texts"] > 10 and kept["score"] < 1e-9 for kept in by_scorer.values())
    assert "largest difference" in scripts.exactness.table(result)


def test_a_difference_is_seen(scripts: SimpleNamespace) -> None:
    def scored(shift: float):
        def score(texts: list[str]):
            scores = np.array([[len(text), 3.0 + shift] for text in texts])
            return scores, np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)

        return score

    found = scripts.exactness.compare(["a", "bbb", "cc"], scored(0), {"same": scored(0), "other": scored(0.5)})
    assert found["same"] == {"texts": 3, "score": 0.0, "probability": 0.0, "other_label": 0}
    assert found["other"]["score"] == 0.5
    assert found["other"]["probability"] > 0
    assert found["other"]["other_label"] == 1
    assert np.isnan(scripts.exactness.compare(["a"], scored(0), {"none": scored(np.nan)})["none"]["score"])


def test_every_code_point_is_in_the_set(scripts: SimpleNamespace) -> None:
    texts = scripts.exactness.every_code_point(["army", "raid"], 7)
    assert set(map(chr, range(0, sys.maxunicode + 1, 7))) <= set().union(*map(set, texts))


@pytest.mark.usefixtures("shared_corpus")
def test_streaming_in_small(scripts: SimpleNamespace, tmp_path: Path) -> None:
    few = ("--paragraphs", "60", "--shards", "4", "--kills", "2", "--work", str(tmp_path / "work"))
    result = ran(scripts.streaming, tmp_path / "streaming.json", *few)
    assert result["same_bytes"]
    assert 1 <= result["kills"] <= 2
    assert result["files"] >= 5
    assert result["summary"]["paragraphs"] >= 60
    assert result["peak_megabytes_of_a_process"] > 20
    (tmp_path / "work" / "killed" / "part-001.jsonl").write_text("{}\n", encoding="utf-8")
    assert scripts.streaming.digests(tmp_path / "work" / "killed") != scripts.streaming.digests(
        tmp_path / "work" / "unbroken"
    )


@pytest.mark.usefixtures("shared_corpus")
def test_training_in_small(scripts: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    runs = []
    for way in scripts.training.WAYS:
        assert scripts.training.main(["--one", way, "--sizes", "400"]) == 0
        runs.append(json.loads(capsys.readouterr().out))
    assert [run["way"] for run in runs] == ["framing", "scikit-learn"]
    assert [len(run["stages"]) for run in runs] == [7, 2]
    assert all(run["peak_megabytes"] > 50 and run["seconds"] > 0 and run["terms"] > 10_000 for run in runs)
    larger = [{**run, "paragraphs": 800} for run in runs]
    table = scripts.training.table({"runs": [*runs, *larger]})
    assert "exponent" in table
    assert all(stage["name"] in table for stage in runs[0]["stages"])


def test_growth_is_an_exponent(scripts: SimpleNamespace) -> None:
    runs = [{"paragraphs": size, "seconds": size**1.5} for size in (10, 100, 1_000)]
    assert scripts.training.growth(runs, "seconds") == pytest.approx(1.5)

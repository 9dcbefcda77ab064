"""Paragraphs a second: this package's scorers, the scikit-learn Pipeline of the same model, fastText, Vowpal Wabbit.

    python experiments/benchmarks/scoring.py

All predict the same made texts (corpus.py), lone paragraphs, and give every label's probability. The Pipeline is the
one that `framing export` writes, and its scores are ours (exactness.py). fastText and Vowpal Wabbit are trained on the
labels that the model is trained on, and get their texts lower-cased and cut into words beforehand. The last rows leave
the model's smoothed words out: a plain TF-IDF with logistic regression, and the same terms scored by us. How good
anyone's labels are is not the matter here; their accuracy on a fifth of the labelled articles, learnt from the others,
is told so that nobody compares with a toy. It flatters the package and the plain model a little: what they take from
the default model was chosen on all labels, and the peers' settings were not chosen by anything.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.annotation.records import LabelledParagraphs
from framing.artifact import Artifact, default_folder, load
from framing.evaluation.choice import Candidate, Choice
from framing.evaluation.fitting import block_scores, fit, score
from framing.evaluation.training_data import training_data
from framing.model import FrameModel
from framing.model.scorer import Scorer
from framing.model.utf8_texts import Utf8Texts
from framing.settings import read_experiment

sys.path.insert(0, str(Path(__file__).parent))
import peers
from corpus import SEED, Corpus
from measuring import ROOT, ROUNDS, Contender, markdown, ratio, save, take_turns

PIPELINE, PLAIN, FASTTEXT, FASTTEXT_SMALL, WABBIT = (
    "scikit-learn Pipeline of the model",
    "scikit-learn TF-IDF + logistic regression",
    "fastText",
    "fastText, 10 dimensions",
    "Vowpal Wabbit",
)
# fastText's own default, and what five labels can do with.
DIMENSIONS = {FASTTEXT: 100, FASTTEXT_SMALL: 10}
THREADS = (1, 2)
PEERS = "pip install -r experiments/benchmarks/requirements.txt"
LEFT_OUT_WITHOUT = {
    "numba": "pip install '.[fast]'",
    "pyarrow": "pip install '.[corpus]'",
    "fasttext": PEERS,
    "vowpalwabbit": PEERS,
}
HELD_OUT = 5


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes
    ----------
    contender : Contender
    does : str
        What it makes of what.
    against : str
        The contender that its ratio is to.
    """

    contender: Contender
    does: str
    against: str


def installed(module: str) -> bool:
    return find_spec(module) is not None


def terms_alone(artifact: Artifact) -> Artifact:
    """Leave out what the model smooths: TF-IDF of words and pairs, and linear weights."""
    model = dataclasses.replace(artifact.model, words=None, pieces=None, lenders=np.zeros((0, 0), np.int32))
    return dataclasses.replace(artifact, model=model)


def scorers(model: FrameModel) -> dict[str, tuple[Scorer, int]]:
    """List this package's scorers with their threads; those that are compiled only where the extra is installed."""
    from framing.model.numpy_scorer import NumpyScorer

    found: dict[str, tuple[Scorer, int]] = {"numpy": (NumpyScorer(model), 1)}
    if not installed("numba"):
        return found
    from framing.model.kernel_scorer import KernelScorer

    for threads in THREADS:
        name = f"fast, {threads} thread{'s' if threads > 1 else ''}"
        found[name] = KernelScorer(model, threads=threads), threads
    return found


def our_rows(model: FrameModel, texts: list[str], *, against: str, note: str = "") -> list[Row]:
    """Let each scorer read Python's strings, and an Arrow column where pyarrow is installed."""
    inputs: dict[str, list[str] | Utf8Texts] = {"strings": texts}
    if not note and installed("pyarrow"):
        import pyarrow as pa

        inputs["Arrow"] = Utf8Texts.of_arrow(pa.array(texts))
    rows = []
    for name, (scorer, threads) in scorers(model).items():
        for kind, given in inputs.items():
            run = _scoring(model, scorer, given)
            contender = Contender(f"framing, {name}, {kind}{note}", run, threads)
            rows.append(Row(contender, "as the Pipeline, without the library", against))
    return rows


def _scoring(model: FrameModel, scorer: Scorer, given: list[str] | Utf8Texts) -> Any:
    return lambda: model.probabilities(given, scorer)


def pipeline_rows(artifact: Artifact, texts: list[str]) -> list[Row]:
    from framing.artifact.export import pipeline

    whole = pipeline(artifact)
    contender = Contender(PIPELINE, lambda: whole.predict_proba(texts))
    return [Row(contender, "TF-IDF of words and pairs, and of smoothed words; all labels' probabilities", PIPELINE)]


def plain_rows(artifact: Artifact, texts: list[str]) -> list[Row]:
    from sklearn.pipeline import Pipeline

    from framing.artifact.export import pipeline

    exported = pipeline(artifact)
    # A union of one step would only cost it time.
    plain = Pipeline([("tfidf", exported[0].transformer_list[0][1]), ("classifier", exported[1])])
    contender = Contender(PLAIN, lambda: plain.predict_proba(texts))
    return [Row(contender, "the model's terms alone; all labels' probabilities", PLAIN)]


def peer_rows(corpus: Corpus, texts: list[str], folder: Path) -> list[Row]:
    """Train the peers that are installed on all labels."""
    rows, gold = [], corpus.frames.tolist()
    if installed("fasttext"):
        for name, dimensions in DIMENSIONS.items():
            fast_text = peers.FastText(corpus.labelled.texts, gold, dimensions)
            run = partial(fast_text.predict, fast_text.prepared(texts))
            rows.append(Row(Contender(name, run), fast_text.does, PIPELINE))
    if installed("vowpalwabbit"):
        wabbit = peers.VowpalWabbit(corpus.labelled.texts, gold, folder)
        path = wabbit.prepared(texts)
        contender = Contender(WABBIT, wabbit.predict, prepare=lambda: wabbit.load(path))
        rows.append(Row(contender, wabbit.does, PIPELINE))
    return rows


def held_out(artifact: Artifact, labelled: LabelledParagraphs, fold: int = 0) -> dict[str, float]:
    """Tell the accuracy of each on a fifth of the articles, learnt from the others with the model's own choices."""
    experiment = read_experiment(ROOT / "experiments" / "conflict-frames.toml")
    articles = np.unique(np.array(labelled.articles), return_inverse=True)[1]
    # Articles of one conflict stand together; each fold has some of each.
    tested = (articles % HELD_OUT == fold) & (labelled.gold >= 0)
    train, test = np.flatnonzero((articles % HELD_OUT != fold) & (labelled.gold >= 0)), np.flatnonzero(tested)
    data = training_data(labelled, articles, experiment)
    chosen = artifact.manifest["chosen"]
    fields = {name: chosen[name] for name in ("C", "smoothing", "article", "weighting", "pieces")}
    fitted = fit(data, train, experiment, Choice(Candidate(**fields), chosen["emission"]))
    own, shared = block_scores(data, fitted, test)
    gold = labelled.gold[test]
    accuracy = {
        "framing, paragraphs alone": float(((own + shared).argmax(axis=1) == gold).mean()),
        "framing, in their articles": float((score(data, fitted, test).argmax(axis=1) == gold).mean()),
    }
    seen, unseen = ([labelled.texts[row] for row in rows] for rows in (train, test))
    accuracy[PLAIN] = float((_plain(seen, labelled.gold[train], chosen["C"]).predict(unseen) == gold).mean())
    if installed("fasttext"):
        for name, dimensions in DIMENSIONS.items():
            fast_text = peers.FastText(seen, labelled.gold[train].tolist(), dimensions)
            accuracy[name] = float((np.array(fast_text.predict(fast_text.prepared(unseen))) == gold).mean())
    if installed("vowpalwabbit"):
        with tempfile.TemporaryDirectory() as folder:
            wabbit = peers.VowpalWabbit(seen, labelled.gold[train].tolist(), Path(folder))
            wabbit.load(wabbit.prepared(unseen))
            wabbit.predict()
            accuracy[WABBIT] = float((np.array(wabbit.predicted()) == gold).mean())
    return accuracy


def _plain(texts: list[str], gold: NDArray[np.int64], strength: float) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    logistic = LogisticRegression(C=strength, class_weight="balanced", max_iter=1_000)
    return make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), logistic).fit(texts, gold)


def measure(corpus: Corpus, artifact: Artifact, texts: list[str], rounds: int) -> dict[str, Any]:
    """Let all contenders take turns."""
    alone = terms_alone(artifact)
    with tempfile.TemporaryDirectory() as folder:
        rows = [
            *pipeline_rows(artifact, texts),
            *our_rows(artifact.model, texts, against=PIPELINE),
            *peer_rows(corpus, texts, Path(folder)),
            *plain_rows(alone, texts),
            *our_rows(alone.model, texts, against=PLAIN, note=", the terms alone"),
        ]
        seconds = take_turns([row.contender for row in rows], rounds=rounds)
    found = []
    for row in rows:
        taken = seconds[row.contender.name]
        entry = {
            "name": row.contender.name,
            "does": row.does,
            "threads": row.contender.threads,
            "seconds": [round(second, 5) for second in taken],
            "paragraphs_per_second": round(len(texts) / median(taken)),
            "against": row.against,
            "ratio": dataclasses.asdict(ratio(seconds[row.against], taken)),
        }
        if FASTTEXT in seconds:
            entry["ratio_to_fasttext"] = dataclasses.asdict(ratio(seconds[FASTTEXT], taken))
        found.append(entry)
    return {"paragraphs": len(texts), "rounds": rounds, "contenders": found}


def table(result: dict[str, Any]) -> str:
    """Set the contenders side by side, and the accuracy of each that learns."""
    with_peer = "ratio_to_fasttext" in result["contenders"][0]
    columns = [
        f"{result['paragraphs']:,} paragraphs, {result['texts']}",
        "threads",
        "paragraphs/s",
        "times the scikit-learn one",
        *(["times fastText"] if with_peer else []),
    ]
    rows = []
    for entry in result["contenders"]:
        ratios = [entry["ratio"], *([entry["ratio_to_fasttext"]] if with_peer else [])]
        told = [f"{of['median']:.2f} [{of['low']:.2f}, {of['high']:.2f}]" for of in ratios]
        rows.append((entry["name"], entry["threads"], f"{entry['paragraphs_per_second']:,}", *told))
    tables = [markdown(columns, rows)]
    if "held_out" in result:
        title = "learnt from four fifths of the labelled articles, on the others"
        accuracies = [(name, f"{value:.3f}") for name, value in result["held_out"].items()]
        tables.append(markdown((title, "accuracy"), accuracies))
    return "\n\n".join(tables)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--paragraphs", type=int, default=60_000, help="made texts (default: 60,000)")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"default: {ROUNDS}; a single one is not warmed up")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--model", type=Path, default=default_folder(), help="default: the package's own model")
    parser.add_argument("--labelled", action="store_true", help="the labelled paragraphs, repeated, and not made ones")
    parser.add_argument("--without-accuracy", action="store_true", help="leave out how good each one's labels are")
    parser.add_argument("--output", type=Path, help="default: results/scoring.json beside this file")
    options = parser.parse_args(arguments)
    for module, install in LEFT_OUT_WITHOUT.items():
        if not installed(module):
            print(f"{module} is not installed, and what needs it is left out: {install}", file=sys.stderr)
    corpus, artifact = Corpus.of_labels(), load(options.model)
    if options.labelled:
        known = corpus.labelled.texts
        texts = [known[place % len(known)] for place in range(options.paragraphs)]
    else:
        texts = [made.text for made in corpus.paragraphs(options.paragraphs, options.seed)]
    result = measure(corpus, artifact, texts, options.rounds)
    result["texts"] = "labelled paragraphs, repeated" if options.labelled else "made"
    if not options.without_accuracy:
        result["held_out"] = held_out(artifact, corpus.labelled)
    save("scoring", result, options.output)
    print(table(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The largest difference between this package's scores and those of the scikit-learn Pipeline of the same model.

    python experiments/benchmarks/exactness.py

Both ways of scoring, on made paragraphs (corpus.py) and on texts that nobody writes: every code point of Unicode beside
words that the model knows, and strings drawn from all of Unicode. What is compared are the scores of lone paragraphs,
divided by the temperature as the Pipeline does, and their probabilities; and whether another label comes first.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.artifact import Artifact, default_folder, load
from framing.artifact.export import pipeline
from framing.model.scorer import Scorer

sys.path.insert(0, str(Path(__file__).parent))
from corpus import SEED, Corpus
from measuring import markdown, save
from scoring import scorers

AT_ONCE = 5_000
LARGEST = 1e-9
# Characters whose lower case is longer or depends on its neighbours, marks that join, ends of lines, and NUL.
ODD = (
    "İIıΣσςßẞŉǰΐﬁ\u0300\u0307\u0345\u200c\u200d\u00ad\u2028\u2029"
    "\x00\x0b\x0c\x1c\x85\xa0_٣२²½Ⅷⓐ\U00010400\U0001f600\ud800\udfff"
)
Scores = NDArray[np.float64]


def of_pipeline(artifact: Artifact) -> Callable[[list[str]], tuple[Scores, Scores]]:
    whole = pipeline(artifact)

    def score(texts: list[str]) -> tuple[Scores, Scores]:
        features = whole[0].transform(texts)
        return whole[1].decision_function(features), whole[1].predict_proba(features)

    return score


def of_scorer(artifact: Artifact, scorer: Scorer, *, lone: bool) -> Callable[[list[str]], tuple[Scores, Scores]]:
    """Score by the sums that articles are scored by, or by the short way for lone paragraphs."""
    model = artifact.model
    calibration = model.reading.calibration
    temperature = 1.0 if calibration is None else calibration.lone_temperature

    def score(texts: list[str]) -> tuple[Scores, Scores]:
        if lone:
            scores = scorer.lone_scores(texts)
        else:
            own, shared = scorer.scan(texts).terms.block_scores(model.intercept)
            scores = own + shared
        return scores / temperature, np.exp(model.reading.lone_log_probabilities(scores))

    return score


def every_code_point(words: Sequence[str], step: int = 1) -> Iterator[str]:
    """Put each code point between, before and behind words of the model, sixteen of them in one text."""
    dice, points = random.Random(SEED), iter(range(0, sys.maxunicode + 1, step))  # noqa: S311
    while some := list(islice(points, 16)):
        yield " ".join(_beside(chr(point), dice.choice(words), dice.choice(words)) for point in some)


def _beside(sign: str, one: str, other: str) -> str:
    return f"{one}{sign}{other} {sign}{one} {other.upper()}{sign} {sign} {one}Σ{sign} {sign}Σ{other}"


def drawn_strings(words: Sequence[str], number: int, seed: int = SEED) -> Iterator[str]:
    """Draw strings: of any code points, of odd ones, of words of the model between them."""
    dice = random.Random(seed)  # noqa: S311
    for _ in range(number):
        parts = [
            dice.choice((
                lambda: chr(dice.randint(0, sys.maxunicode)),
                lambda: chr(dice.randint(0, 0x24F)),
                lambda: dice.choice(ODD),
                lambda: dice.choice(words),
                lambda: dice.choice(words).upper(),
                lambda: dice.choice((" ", " ", " ", "\n", "-", "'")),
            ))()
            for _ in range(dice.randint(0, 60))
        ]  # fmt: skip
        yield "".join(parts)


def compare(
    texts: Iterable[str],
    reference: Callable[[list[str]], tuple[Scores, Scores]],
    others: dict[str, Callable[[list[str]], tuple[Scores, Scores]]],
) -> dict[str, dict[str, Any]]:
    """Go through texts and keep the largest differences."""
    found = {name: {"texts": 0, "score": 0.0, "probability": 0.0, "other_label": 0} for name in others}
    rest = iter(texts)
    while some := list(islice(rest, AT_ONCE)):
        scores, probabilities = reference(some)
        for name, score in others.items():
            ours, chances = score(some)
            if ours.shape[1] == 2 and scores.ndim == 1:
                # With two labels the library has one score: the difference.
                ours = ours[:, 1] - ours[:, 0]
            kept = found[name]
            kept["texts"] += len(some)
            kept["score"] = _larger(kept["score"], ours - scores)
            kept["probability"] = _larger(kept["probability"], chances - probabilities)
            kept["other_label"] += int((chances.argmax(axis=1) != probabilities.argmax(axis=1)).sum())
    return found


def _larger(before: float, differences: Scores) -> float:
    # The interpreter's max would pass over what is no number.
    return float(np.maximum(before, np.abs(differences).max()))


def table(result: dict[str, Any]) -> str:
    rows = [
        (f"{name}: {texts}", f"{kept['texts']:,}", f"{kept['score']:.1e}", f"{kept['probability']:.1e}",
         kept["other_label"])
        for texts, by_scorer in result["sets"].items()
        for name, kept in by_scorer.items()
    ]  # fmt: skip
    return markdown(("", "texts", "largest difference of a score", "of a probability", "another label first"), rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare; 1 where a difference is larger than it may be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--paragraphs", type=int, default=100_000, help="made texts (default: 100,000)")
    parser.add_argument("--strings", type=int, default=20_000, help="drawn strings (default: 20,000)")
    parser.add_argument("--step", type=int, default=1, help="every so many-th code point (default: 1, all of them)")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--model", type=Path, default=default_folder(), help="default: the package's own model")
    parser.add_argument("--output", type=Path, help="default: results/exactness.json beside this file")
    options = parser.parse_args(arguments)
    corpus, artifact = Corpus.of_labels(), load(options.model)
    words = [term for term in artifact.model.terms.terms if " " not in term]
    reference = of_pipeline(artifact)
    others = {}
    for name, (scorer, _) in scorers(artifact.model).items():
        others[name] = of_scorer(artifact, scorer, lone=False)
        others[f"{name}, lone"] = of_scorer(artifact, scorer, lone=True)
    sets = {
        "made paragraphs": (made.text for made in corpus.paragraphs(options.paragraphs, options.seed)),
        "every code point": every_code_point(words, options.step),
        "drawn strings": drawn_strings(words, options.strings, options.seed),
    }
    result = {"allowed": LARGEST, "sets": {name: compare(texts, reference, others) for name, texts in sets.items()}}
    save("exactness", result, options.output)
    print(table(result))
    return int(not all(kept["score"] <= LARGEST for by in result["sets"].values() for kept in by.values()))


if __name__ == "__main__":
    sys.exit(main())

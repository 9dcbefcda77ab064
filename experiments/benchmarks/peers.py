"""fastText and Vowpal Wabbit, trained on labelled texts and predicting others.

Both cut texts at blanks and nowhere else, and Vowpal Wabbit takes colons and bars for its own signs. So they are given
the words that this package reads, in lower case with blanks between them, made ready before the clock starts: more
accurate than the texts as they are, and less work than either would have in earnest.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from framing.model.tokens import tokens

PASSES = 10


class FastText:
    """Supervised, words and pairs of words, 25 epochs at a rate of .5, all else as fastText has it; one thread.

    Parameters
    ----------
    texts : sequence of str
    gold : sequence of int
    dimensions : int
    """

    def __init__(self, texts: Sequence[str], gold: Sequence[int], dimensions: int) -> None:
        import fasttext

        self.does = f"words and pairs, {dimensions} dimensions; texts lower-cased and cut beforehand"
        with tempfile.TemporaryDirectory() as folder, _quiet():
            path = Path(folder) / "train.txt"
            rows = zip(texts, gold, strict=True)
            path.write_text("".join(f"__label__{label} {_line(text)}\n" for text, label in rows), encoding="utf-8")
            self.model: Any = fasttext.train_supervised(
                str(path), dim=dimensions, wordNgrams=2, epoch=25, lr=0.5, thread=1, seed=1, verbose=0
            )
        self.n_labels = len(self.model.get_labels())

    def prepared(self, texts: Sequence[str]) -> list[str]:
        return [_line(text) for text in texts]

    def predict(self, prepared: list[str]) -> list[int]:
        labels, _ = self.model.predict(prepared, k=self.n_labels)
        return [int(best[0].removeprefix("__label__")) if best else 0 for best in labels]


class VowpalWabbit:
    """One logistic model against all others for each label, on words and pairs of words, hashed to 20 bits.

    It reads a file of its own format and writes its predictions to another, by itself, as its command does.

    Parameters
    ----------
    texts : sequence of str
    gold : sequence of int
    home : Path
        An empty folder for its files.
    """

    does = "words and pairs, hashed; texts lower-cased and cut beforehand; from file to file"

    def __init__(self, texts: Sequence[str], gold: Sequence[int], home: Path) -> None:
        from vowpalwabbit import Workspace

        self.home = home
        train, model = self.home / "train.vw", self.home / "model.vw"
        rows = zip(texts, gold, strict=True)
        train.write_text("".join(f"{label + 1} {_example(text)}\n" for text, label in rows), encoding="utf-8")
        learnt = Workspace(
            f"--oaa {max(gold) + 1} --loss_function logistic --probabilities --ngram 2 -b 20 -d {train} -f {model} "
            f"--passes {PASSES} -c -k --holdout_off --quiet --random_seed 1"
        )
        learnt.finish()
        self.model = model

    def prepared(self, texts: Sequence[str]) -> Path:
        path = self.home / "texts.vw"
        path.write_text("".join(f"{_example(text)}\n" for text in texts), encoding="utf-8")
        return path

    def load(self, prepared: Path) -> None:
        """Load the model and open the files, which is not timed: what is loaded predicts once and is done."""
        # A Workspace of the package's own would read its file at once.
        from vowpalwabbit.pyvw import pylibvw

        arguments = [
            "-t",
            "--probabilities",
            "--loss_function",
            "logistic",
            "-i",
            self.model,
            "-d",
            prepared,
            "-p",
            self.home / "predicted",
            "--quiet",
        ]
        self.waiting: Any = pylibvw.vw(list(map(str, arguments)))

    def predict(self) -> None:
        self.waiting.run_parser()
        self.waiting.finish()

    def predicted(self) -> list[int]:
        lines = (self.home / "predicted").read_text(encoding="utf-8").splitlines()
        return [_best(line) for line in lines if line.strip()]


def _best(line: str) -> int:
    shares = {int(label): float(share) for label, share in (part.split(":") for part in line.split())}
    return max(shares, key=lambda label: shares[label]) - 1


def _line(text: str) -> str:
    return " ".join(tokens(text))


def _example(text: str) -> str:
    return f"| {_line(text)}"


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what native code writes to standard error off the terminal."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)

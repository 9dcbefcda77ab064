from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from framing.artifact import Artifact, load, pack, save
from framing.artifact.history import History, found, history_folder, read_history
from framing.artifact.succession import SHORT, held, note, put_in_place, restore
from framing.errors import ArtifactError, UsageError

MakeArtifact = Callable[..., Artifact]


def alone() -> None:
    pytest.fail("nobody else is at work")


def saved(artifact: Artifact, folder: Path) -> str:
    packed = pack(artifact)
    save(packed, folder)
    return str(packed.artifact.manifest["digest"])


def succeed(folder: Path, new: Path, action="replaced", **told) -> None:
    with held(folder, waiting=alone):
        put_in_place(new, folder, action, **told)


def actions(history: History) -> list[tuple[str, str]]:
    return [(entry.action, entry.digest) for entry in history.entries]


@pytest.fixture
def models(make_artifact: MakeArtifact, tmp_path: Path) -> tuple[Path, Path, str, str]:
    """A model in place, a new one beside it, and the digests of both."""
    place, new = tmp_path / "model", tmp_path / "model-new"
    return place, new, saved(make_artifact(), place), saved(make_artifact(words=False), new)


def test_the_former_model_is_kept_and_the_new_one_stands(models: tuple[Path, Path, str, str]) -> None:
    place, new, old_digest, new_digest = models
    succeed(place, new, verdict="may", sentence="It may.")
    assert not new.exists()
    assert load(place).manifest["digest"] == new_digest
    history = read_history(place)
    assert history.in_place == new_digest
    assert history.kept == {old_digest: place.with_name("model.history") / old_digest[:SHORT]}
    assert load(history.kept[old_digest]).manifest["digest"] == old_digest
    # Nothing told how the former one had come there.
    assert actions(history) == [("found", old_digest), ("replaced", new_digest)]
    assert [entry.at is None for entry in history.entries] == [True, False]
    assert (history.entries[1].verdict, history.entries[1].sentence) == ("may", "It may.")
    assert history.notes == ()
    assert sorted(path.name for path in place.parent.iterdir()) == ["model", "model.history"]


def test_a_line_tells_what_the_model_is(make_artifact: MakeArtifact, tmp_path: Path) -> None:
    figure = {"value": 0.5, "low": 0.4, "high": 0.6}
    artifact = make_artifact()
    artifact.manifest["labels"] = {"digest": "ab12", "paragraphs": 7}
    artifact.evaluation["metrics"] = {"macro_f1": figure, "accuracy": {**figure, "low": None, "high": None}}
    saved(artifact, tmp_path / "model")
    with held(tmp_path / "model", waiting=alone):
        note(tmp_path / "model", tmp_path / "model", "trained")
    [entry] = read_history(tmp_path / "model").entries
    assert (entry.labels, entry.paragraphs, entry.codebook) == ("ab12", 7, "sample 1.0")
    assert (entry.macro_f1, entry.accuracy) == (figure, {"value": 0.5, "low": None, "high": None})
    assert found(tmp_path / "model", read_history(tmp_path / "model")) is None


def test_a_step_back_and_forth(models: tuple[Path, Path, str, str]) -> None:
    place, new, old_digest, new_digest = models
    succeed(place, new)
    entry = restore(place, old_digest[:6].upper(), waiting=alone)
    assert entry is not None
    assert (entry.action, entry.digest) == ("rolled back", old_digest)
    assert load(place).manifest["digest"] == old_digest
    assert set(read_history(place).kept) == {old_digest, new_digest}
    assert restore(place, old_digest, waiting=alone) is None
    restore(place, new_digest, waiting=alone)
    assert load(place).manifest["digest"] == new_digest
    assert [action for action, _ in actions(read_history(place))] == ["found", "replaced", "rolled back", "rolled back"]
    assert not list(history_folder(place).glob(".*.part"))


def test_a_model_that_is_gone_comes_back_from_the_history(models: tuple[Path, Path, str, str]) -> None:
    place, new, old_digest, _ = models
    succeed(place, new)
    place.rename(place.with_name("elsewhere"))
    restore(place, old_digest, waiting=alone)
    assert load(place).manifest["digest"] == old_digest


@pytest.mark.parametrize("digest", ["", "zz", "not a digest"])
def test_a_digest_that_is_not_there_lists_those_that_are(models: tuple[Path, Path, str, str], digest: str) -> None:
    place, _, old_digest, _ = models
    with pytest.raises(UsageError, match=f"no model here has the digest '{digest}'; there are: {old_digest[:SHORT]}"):
        restore(place, digest, waiting=alone)
    assert not history_folder(place).exists()


def test_an_ambiguous_digest_lists_enough_to_tell_them_apart(
    make_artifact: MakeArtifact, models: tuple[Path, Path, str, str]
) -> None:
    place, new, old_digest, new_digest = models
    digests = [old_digest, new_digest]
    succeed(place, new)
    number = 0
    # Of seventeen digests two begin with the same figure.
    while len({digest[0] for digest in digests}) == len(digests):
        artifact = make_artifact(words=False)
        artifact.manifest["description"] = f"Sample {number}"
        number += 1
        digests.append(saved(artifact, new))
        succeed(place, new)
    first = digests[-1][0]
    with pytest.raises(UsageError, match=f"more than one model here has the digest '{first}'") as error:
        restore(place, first, waiting=alone)
    assert all(digest[:SHORT] in str(error.value) for digest in digests)


def test_a_damaged_former_model_is_not_put_back(models: tuple[Path, Path, str, str]) -> None:
    place, new, old_digest, new_digest = models
    succeed(place, new)
    (read_history(place).kept[old_digest] / "intercept.npy").write_bytes(b"")
    with pytest.raises(ArtifactError, match=r"intercept\.npy: is damaged"):
        restore(place, old_digest, waiting=alone)
    assert load(place).manifest["digest"] == new_digest


def test_what_is_no_models_is_not_replaced(models: tuple[Path, Path, str, str]) -> None:
    place, new, old_digest, _ = models
    (place / "notes.txt").write_text("keep")
    with pytest.raises(UsageError, match=r"holds notes\.txt"):
        succeed(place, new)
    assert (place / "notes.txt").read_text() == "keep"
    assert load(new).manifest["digest"] != old_digest


def test_lines_that_are_no_history_are_passed_over_with_a_note(models: tuple[Path, Path, str, str]) -> None:
    place, new, old_digest, new_digest = models
    succeed(place, new)
    path = history_folder(place) / "history.jsonl"
    whole = path.read_text()
    path.write_text('{"digest": 3}\n[]\n{"digest": "ab", "action": "eaten"}\n' + whole + '{"digest": "ab", "act')
    (history_folder(place) / "notes").mkdir()
    history = read_history(place)
    assert actions(history) == [("found", old_digest), ("replaced", new_digest)]
    assert [message.partition(": ")[0].rpartition(":")[2] for message in history.notes[:4]] == ["1", "2", "3", "6"]
    # The next line takes the torn one off.
    restore(place, old_digest, waiting=alone)
    assert [action for action, _ in actions(read_history(place))] == ["found", "replaced", "rolled back"]


def test_who_comes_second_waits(models: tuple[Path, Path, str, str]) -> None:
    place, new, _, new_digest = models
    told, order = threading.Event(), []

    def second() -> None:
        with held(place, waiting=told.set):
            order.append("second")

    other = threading.Thread(target=second)
    with held(place, waiting=alone):
        other.start()
        assert told.wait(10)
        put_in_place(new, place, "replaced")
        order.append("first")
    other.join(10)
    assert order == ["first", "second"]
    assert read_history(place).in_place == new_digest


# Stops the program, or lets a file operation fail, before each change of a file or a folder in turn.
BREAKING = """
import json, os, shutil, sys
from pathlib import Path
from framing.artifact import load
from framing.artifact.history import read_history
from framing.artifact.succession import held, put_in_place, restore
from framing.errors import ArtifactError

root, way, job = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
pristine, work = root / "pristine", root / "work"
place, new = work / "model", work / "model-new"
old_digest, new_digest = (load(pristine / name).manifest["digest"] for name in ("model", "model-new"))
CHANGES = {"os.rename", "os.mkdir", "os.rmdir", "os.remove", "shutil.rmtree", "os.chmod", "os.truncate"}

def quiet():
    pass

def run():
    if job == "replace":
        with held(place, waiting=quiet):
            put_in_place(new, place, "replaced")
    else:
        restore(place, new_digest, waiting=quiet)

def broken_at(step):
    left = [step]
    def hook(event, arguments):
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if (event in CHANGES or writes) and str(arguments[0]).startswith(str(work)):
            left[0] -= 1
            if left[0] == 0 and way == "kill":
                os._exit(9)
            if left[0] == 0:
                fired.append(step)
                raise OSError(28, "No space left on device")
    return hook

fired = []

def digest_of(folder):
    return load(folder).manifest["digest"]

def check(step):
    there = place.exists()
    if there:
        assert digest_of(place) in (old_digest, new_digest), step
    else:
        assert way == "kill", step
    with held(place, waiting=quiet):
        pass
    history = read_history(place)
    assert history.in_place == digest_of(place), step
    whole = {digest_of(place), *(digest_of(path) for path in history.kept.values())}
    if new.exists():
        whole.add(digest_of(new))
    assert {old_digest, new_digest} <= whole, (step, whole)
    assert not list((work / "model.history").glob(".*.part")), step
    return there

if job == "restore":
    with held(pristine / "model", waiting=quiet):
        put_in_place(pristine / "model-new", pristine / "model", "replaced")
    restore(pristine / "model", old_digest, waiting=quiet)
broken = absent = 0
while True:
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(pristine, work)
    child = os.fork()
    if child == 0:
        sys.addaudithook(broken_at(broken + 1))
        try:
            run()
        except ArtifactError:
            os._exit(3)
        except BaseException:
            import traceback
            traceback.print_exc()
            os._exit(4)
        # A failure that did no harm, such as that of a folder that was there already.
        os._exit(5 if fired else 0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in ((0, 9) if way == "kill" else (0, 3, 5)), code
    absent += not check(broken)
    if code == 0:
        break
    broken += 1
    # Doing it again completes it.
    if digest_of(place) == old_digest:
        run()
    history = read_history(place)
    assert history.in_place == new_digest == digest_of(place), broken
    assert old_digest in history.kept, broken
    names = sorted(path.name for path in work.iterdir() if not path.name.startswith("."))
    assert names == ["model", "model.history"], names
print(json.dumps([broken, absent]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="stops a copy of itself")
@pytest.mark.parametrize("way", ["kill", "raise"])
@pytest.mark.parametrize("job", ["replace", "restore"])
def test_broken_off_at_any_step_nothing_is_lost(
    make_artifact: MakeArtifact, tmp_path: Path, way: str, job: str
) -> None:
    few = {"words": False, "pieces": False, "familiarity": False}
    saved(make_artifact(**few), tmp_path / "pristine" / "model")
    saved(make_artifact(**few, calibration=False), tmp_path / "pristine" / "model-new")
    done = subprocess.run(
        [sys.executable, "-c", BREAKING, str(tmp_path), way, job], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    broken, absent = json.loads(done.stdout)
    # Every file of a copy is one step, and between two renames, and only there, is there no model of that name.
    assert broken > 20
    assert absent == (1 if way == "kill" else 0)

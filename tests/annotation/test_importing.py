import contextlib
import io
import json
import threading
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framing.annotation.appending import append_lines, locked
from framing.annotation.coder_file import CoderFile
from framing.annotation.coder_map import coder_map
from framing.annotation.importing import import_labels
from framing.annotation.labels import read_labels
from framing.annotation.purposes import record_queue
from framing.annotation.queues import QueuedParagraph
from framing.annotation.records import Annotation
from framing.codebook import read_codebook
from framing.errors import CodebookError, InputError, LabelError, UsageError

FILES = Path(__file__).with_name("exchange")
PEOPLE = coder_map(path=FILES / "coders.csv")

LEAVES = (None, True, -1, 1.5, 1e300, "", "storm", "a\nb", "\ud83d", [], {}, [3], [None], {"email": 3}, {"choices": 3})


def values_within(value, way=()):
    """Yield the way to each value inside of a value."""
    yield way
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from values_within(inner, (*way, key))


def with_another(value, way, other):
    """Return a value with another one at the end of a way."""
    if not way:
        return other
    changed = value.copy()
    changed[way[0]] = with_another(value[way[0]], way[1:], other)
    return changed


def last(folder, coder):
    file = CoderFile(folder.path, coder, read_codebook(folder.path / "codebook.toml"), folder.texts)
    return {name: (one.status, one.frame) for name, one in file.last.items()}


def kinds(report):
    return [outcome.kind for outcome in report.outcomes]


def messages(report):
    return [outcome.message for outcome in report.outcomes if outcome.message]


@pytest.fixture
def members(tmp_path):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as package:
        for name in ("ana.jsonl", "ben.jsonl"):
            package.write(FILES / "doccano" / name, name)
    return path


@pytest.fixture
def long_csv(tmp_path):
    """Write a long CSV of one coder and return its path."""

    def write(*rows, name="long.csv"):
        path = tmp_path / name
        path.write_text("\n".join(["item_id,coder,label,status,comment,labelled_at", *rows, ""]), encoding="utf-8")
        return path

    return write


def test_label_studio(folder):
    report = import_labels(folder.path, FILES / "label_studio.json", "label-studio", names=PEOPLE)
    assert kinds(report) == ["new"] * 5
    assert report.unseen == 1
    assert last(folder, "ana") == {
        "a1:0": ("labelled", "storm"),
        "a1:1": ("skipped", None),
        "a1:2": ("flagged", "storm"),
        "b2:0": ("labelled", "drought"),
    }
    assert last(folder, "ben") == {"a1:0": ("labelled", "drought")}
    labels = read_labels(folder.path)
    [ben] = [record.annotation for record in labels.annotations["ben"]]
    assert (ben.sure, ben.note, ben.codebook_version) == (False, "the moorings, not the waves", "2.3")
    assert labels.annotations["ana"][1].annotation.suggested == "drought"
    # Only what is labelled makes the gold.
    assert labels.judgements()["a1:2"].gold is None


@pytest.mark.parametrize("name", ["label_studio_min.json", "label_studio.csv"])
def test_label_studios_tables(folder, name):
    report = import_labels(folder.path, FILES / name, "label-studio", names=PEOPLE)
    assert kinds(report) == ["new", "new", "new", "unusable"]
    assert "leave out what was skipped" in report.notes[0]
    assert last(folder, "ana") == {"a1:0": ("labelled", "storm"), "a1:2": ("labelled", "storm")}


def test_all_exports_of_label_studio_say_the_same(folder):
    import_labels(folder.path, FILES / "label_studio.json", "label-studio", names=PEOPLE)
    report = import_labels(folder.path, FILES / "label_studio_min.json", "label-studio", names=PEOPLE)
    # The table knows nothing of the flag, and cannot unset it.
    assert kinds(report) == ["same", "same", "clash", "unusable"]


def test_a_number_names_nobody(folder):
    report = import_labels(folder.path, FILES / "label_studio_min.json", "label-studio")
    assert kinds(report) == ["unusable" if one in (2, 3) else "new" for one in range(4)]
    assert "'3'; add --map 3=NAME" in report.outcomes[2].message
    assert last(folder, "ana@example.org") == {"a1:0": ("labelled", "storm")}


def test_doccano(folder, members):
    report = import_labels(folder.path, members, "doccano")
    assert kinds(report) == ["new", "unusable", "new", "new"]
    assert report.unseen == 4
    assert last(folder, "ana") == {"a1:0": ("labelled", "storm"), "b2:0": ("labelled", "drought")}
    assert last(folder, "ben") == {"a1:0": ("labelled", "drought")}


def test_doccanos_loose_file_needs_a_coder(folder):
    path = FILES / "doccano" / "ana.jsonl"
    report = import_labels(folder.path, path, "doccano")
    assert kinds(report) == ["unusable"] * 3
    assert "add --coder NAME" in messages(report)[0]
    assert not (folder.path / "annotations" / "ana.jsonl").exists()
    assert kinds(import_labels(folder.path, path, "doccano", coder="ana")) == ["new", "unusable", "new"]


def test_prodigy(folder):
    report = import_labels(folder.path, FILES / "prodigy.jsonl", "prodigy")
    assert kinds(report) == ["new", "new", "new", "new", "unusable", "unusable", "unusable"]
    assert "2024-03-05_09-20-11=NAME" in report.outcomes[6].message
    assert last(folder, "ana") == {
        "a1:0": ("labelled", "storm"),
        "a1:1": ("skipped", None),
        "a1:2": ("flagged", "storm"),
    }
    assert last(folder, "ben") == {"a1:0": ("labelled", "drought")}
    named = import_labels(
        folder.path, FILES / "prodigy.jsonl", "prodigy", names={"2024-03-05_09-20-11": "cy", "frames-zoe": "zoe"}
    )
    assert kinds(named)[6] == "new"
    assert named.notes == ("--map frames-zoe: nobody is called so",)


def test_long_csv(folder):
    report = import_labels(folder.path, FILES / "long.csv", "csv")
    assert kinds(report) == ["new", "new", "new", "new", "unusable"]
    assert report.outcomes[-1].place == "line 7"
    assert "'flood' is no frame of the codebook" in report.outcomes[-1].message
    file = CoderFile(folder.path, "ana", read_codebook(folder.path / "codebook.toml"), folder.texts)
    assert [one.note for one in file.annotations] == ["=harbour, not sea", 'says "stay at home"', None]


def test_a_trial_writes_nothing(folder):
    before = sorted(folder.path.rglob("*"))
    report = import_labels(folder.path, FILES / "long.csv", "csv", dry_run=True)
    assert kinds(report) == ["new", "new", "new", "new", "unusable"]
    assert sorted(folder.path.rglob("*")) == before


def test_importing_twice_adds_nothing(folder, members):
    files = [(FILES / "label_studio.json", "label-studio"), (members, "doccano"), (FILES / "prodigy.jsonl", "prodigy")]
    for path, kind in files:
        for annotations in (folder.path / "annotations").glob("*.jsonl"):
            annotations.unlink()
        import_labels(folder.path, path, kind, names=PEOPLE)
        before = {one: one.read_bytes() for one in (folder.path / "annotations").glob("*.jsonl")}
        assert len(before) == 2
        again = import_labels(folder.path, path, kind, names=PEOPLE)
        assert "new" not in kinds(again)
        assert {one: one.read_bytes() for one in (folder.path / "annotations").glob("*.jsonl")} == before


def test_what_was_said_here_stays(folder, long_csv):
    folder.coder("ana", folder.coding("a1:0", "drought", labelled_at="2024-03-05T10:00:00+00:00"))
    path = long_csv("a1:0,ana,storm,labelled,,2024-03-05T11:00:00Z")
    report = import_labels(folder.path, path, "csv")
    assert messages(report) == ["'a1:0' by ana: drought here, storm there; kept ours"]
    assert last(folder, "ana") == {"a1:0": ("labelled", "drought")}


def test_the_newer_wins_by_a_line_and_erases_nothing(folder, long_csv):
    folder.coder("ana", folder.coding("a1:0", "drought", labelled_at="2024-03-05T10:00:00+00:00"))
    path = long_csv("a1:0,ana,storm,labelled,,2024-03-05T11:00:00Z")
    report = import_labels(folder.path, path, "csv", newer=True)
    assert kinds(report) == ["changed"]
    assert (report.outcomes[0].ours.frame, report.outcomes[0].theirs.frame) == ("drought", "storm")
    lines = (folder.path / "annotations" / "ana.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["frame"] for line in lines] == ["drought", "storm"]
    assert kinds(import_labels(folder.path, path, "csv", newer=True)) == ["same"]


def test_texts_that_differ_are_not_imported(folder, tmp_path):
    path = tmp_path / "tasks.jsonl"
    told = {"text": "Another text.", "label": ["storm"], "framing_id": "a1:0"}
    path.write_text(json.dumps(told), encoding="utf-8")
    report = import_labels(folder.path, path, "doccano", coder="ana")
    assert kinds(report) == ["unmatched"]
    assert "text differs from ours of the paragraph 'a1:0'" in messages(report)[0]


def test_texts_without_our_ids_are_found_by_their_words(folder, tmp_path):
    path = tmp_path / "tasks.jsonl"
    path.write_text(json.dumps({"id": 1, "text": folder.texts["b2:1"], "label": ["none"]}), encoding="utf-8")
    report = import_labels(folder.path, path, "doccano", coder="ana")
    assert last(folder, "ana") == {"b2:1": ("labelled", "none")}
    assert (report.by_words, len(report.notes)) == (1, 1)


def test_a_sampled_paragraph_keeps_its_chance_though_the_file_says_nothing_of_it(folder, tmp_path):
    queue = [QueuedParagraph("a1:1", "sample", 0.25), QueuedParagraph("a1:2", "sample", 0.25)]
    record_queue(folder.path, queue, name="queue.jsonl", queued_at="2024-03-05")
    # Which of two samples it was coded for, nothing tells.
    record_queue(folder.path, [QueuedParagraph("a1:2", "sample", 0.5)], name="other.jsonl", queued_at="2024-03-06")
    (tmp_path / "coded.csv").write_text("item_id,label\na1:0,storm\na1:1,none\na1:2,none\n", encoding="utf-8")
    import_labels(folder.path, tmp_path / "coded.csv", "csv", coder="ana")
    lines = read_labels(folder.path).annotations["ana"]
    drawn = {one.annotation.paragraph: (one.annotation.drawn_by, one.annotation.inclusion_probability) for one in lines}
    assert drawn == {"a1:0": (None, None), "a1:1": ("sample", 0.25), "a1:2": (None, None)}


def test_a_coder_with_a_faulty_file_stops_the_whole(folder, members):
    folder.coder("ben", "{")
    folder.coder("ben", "{", folder.coding("a1:0", "storm"))
    with pytest.raises(LabelError, match=r"ben\.jsonl:1"):
        import_labels(folder.path, members, "doccano")
    assert not (folder.path / "annotations" / "ana.jsonl").exists()


@pytest.mark.parametrize("kind", ["label-studio", "doccano", "prodigy", "csv"])
@pytest.mark.parametrize("content", [b"", b"[]", b"PK\x03\x04nonsense", b"[" * 100_000, b"\xff\xfe\x00"])
def test_files_that_are_none_are_told_in_a_line(folder, tmp_path, kind, content):
    path = tmp_path / "export"
    path.write_bytes(content)
    if (kind, content[:2]) == ("prodigy", b"PK"):
        assert kinds(import_labels(folder.path, path, kind)) == ["unusable"]
        return
    with pytest.raises(InputError) as caught:
        import_labels(folder.path, path, kind, coder="ana")
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["label-studio", "doccano", "prodigy", "csv"])
@given(content=st.binary() | st.text().map(str.encode))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_other_error_escapes_whatever_a_file_holds(folder, tmp_path, kind, content):
    path = tmp_path / "export"
    path.write_bytes(content)
    with contextlib.suppress(InputError):
        import_labels(folder.path, path, kind, coder="ana", dry_run=True)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("label-studio", "label_studio.json"),
        ("label-studio", "label_studio_min.json"),
        ("doccano", "doccano/ana.jsonl"),
        ("prodigy", "prodigy.jsonl"),
    ],
)
@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_other_error_escapes_whatever_stands_in_place_of_a_value(folder, tmp_path, kind, name, data):
    content = (FILES / name).read_text(encoding="utf-8")
    records = json.loads(content) if name.endswith(".json") else [json.loads(line) for line in content.splitlines()]
    coding = {"coder": "ana", "frame": "storm", "note": "gusts"}
    records[0]["framing"] = {
        "codings": [coding],
        "names": {"x": "ana"},
        "drawn_by": "sample",
        "inclusion_probability": 1,
    }
    if isinstance(records[0].get("data"), dict):
        records[0]["data"]["framing"] = records[0].pop("framing")
    way = data.draw(st.sampled_from([way for way in values_within(records) if way]))
    path = tmp_path / "export"
    path.write_text(json.dumps(with_another(records, way, data.draw(st.sampled_from(LEAVES)))), encoding="utf-8")
    report = import_labels(folder.path, path, kind, names=PEOPLE, coder="ana")
    assert all(outcome.message for outcome in report.outcomes if not outcome.used)
    # What was written can be read.
    read_labels(folder.path)


def test_what_is_missing(folder, tmp_path):
    with pytest.raises(InputError, match="no such file"):
        import_labels(folder.path, tmp_path / "absent", "csv")
    with pytest.raises(InputError, match="cannot be read"):
        import_labels(folder.path, tmp_path, "csv")
    with pytest.raises(InputError, match="no name that a file can have"):
        import_labels(folder.path, "a\0b", "csv")
    with pytest.raises(LabelError, match="no such labels folder"):
        import_labels(tmp_path / "absent", FILES / "long.csv", "csv")
    with pytest.raises(UsageError):
        import_labels(folder.path, FILES / "long.csv", "csv", coder="../x")
    (folder.path / "codebook.toml").unlink()
    with pytest.raises(CodebookError):
        import_labels(folder.path, FILES / "long.csv", "csv")


def test_what_is_written_meanwhile_counts(folder, long_csv):
    path = long_csv("a1:0,ana,storm,labelled,,", "a1:1,ana,storm,labelled,,")
    file = folder.path / "annotations" / "ana.jsonl"
    reports = []
    importer = threading.Thread(target=lambda: reports.append(import_labels(folder.path, path, "csv")))
    with locked(file):
        importer.start()
        # Long enough to see that nothing stands, and to come to the lock.
        time.sleep(0.5)
        append_lines(file, [folder.coding("a1:0", "drought")])
    importer.join()
    assert kinds(reports[0]) == ["clash", "new"]
    assert last(folder, "ana") == {"a1:0": ("labelled", "drought"), "a1:1": ("labelled", "storm")}


def test_two_imports_at_once_add_each_line_once(folder, long_csv):
    rows = [f"{name},ana,storm,labelled,," for name in folder.texts]
    paths = [long_csv(*rows, name=f"{number}.csv") for number in range(4)]
    importers = [threading.Thread(target=import_labels, args=(folder.path, path, "csv")) for path in paths]
    for importer in importers:
        importer.start()
    for importer in importers:
        importer.join()
    lines = (folder.path / "annotations" / "ana.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(folder.texts)


def test_an_import_runs_beside_a_coder(folder, long_csv):
    file = CoderFile(folder.path, "ana", read_codebook(folder.path / "codebook.toml"), folder.texts)
    file.append(Annotation("ana", "a1:0", "drought", request="r1"))
    import_labels(folder.path, long_csv("a1:1,ana,storm,labelled,,"), "csv")
    file.append(Annotation("ana", "a1:2", "none", request="r2"))
    assert [one.paragraph for one in file.annotations] == ["a1:0", "a1:1", "a1:2"]


def test_what_was_withdrawn_here_after_an_import_stays_withdrawn(folder, long_csv):
    path = long_csv("a1:0,ana,storm,labelled,,")
    import_labels(folder.path, path, "csv")
    file = CoderFile(folder.path, "ana", read_codebook(folder.path / "codebook.toml"), folder.texts)
    # Taking back the last key press takes back none of another tool's.
    assert file.undoable() is None
    file.append(Annotation("ana", "a1:0", None, request="r1"))
    assert kinds(import_labels(folder.path, path, "csv", newer=True)) == ["clash"]
    assert last(folder, "ana") == {"a1:0": ("withdrawn", None)}


def test_a_member_for_each_coder_of_a_large_export(folder, tmp_path):
    line = json.dumps({"text": folder.texts["a1:0"], "label": [], "framing_id": "a1:0"}).encode() + b"\n"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("ana.jsonl", line * 20_000)
    path = tmp_path / "export.zip"
    path.write_bytes(content.getvalue())
    assert import_labels(folder.path, path, "doccano").unseen == 20_000

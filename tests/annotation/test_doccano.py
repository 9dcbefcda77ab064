import io
import json
import zipfile
from pathlib import Path

import pytest

from framing.annotation.doccano import read, write
from framing.annotation.exchange import Export, ExportedParagraph
from framing.annotation.label_lines import ParagraphRecord
from framing.annotation.records import Annotation
from framing.codebook import of_labels
from framing.errors import InputError, UsageError

FILES = Path(__file__).with_name("exchange") / "doccano"
CODEBOOK = of_labels("weather", ["storm", "drought"])
PARAGRAPH = ParagraphRecord("a:0", "a", 3, "Rain.", None, None, None, None, 1)
CODINGS = (Annotation("al", "a:0", "storm", note="gusts"), Annotation("bo", "a:0", None, set_aside="skipped"))


def packed(members, *, change=None):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members:
            package.writestr(name, content)
        for info in package.filelist if change else []:
            change(info)
    return file.getvalue()


def line(**changes):
    return json.dumps(
        {"id": 9, "text": "Rain.", "framing_id": "a:0", "label": ["storm"], "Comments": []} | changes
    ).encode()


def written(coders, *, zipped, codings=CODINGS, names=None):
    file = io.BytesIO()
    codings = tuple(coding for coding in codings if coding.coder in coders)
    write(Export(CODEBOOK, [ExportedParagraph(PARAGRAPH, codings)], coders, names or {}), file, zipped=zipped)
    return file.getvalue()


def test_each_coder_has_a_file_of_the_zip():
    content = written(("al", "bo"), zipped=True, names={"al": "alma"})
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        lines = {name: json.loads(package.read(name)) for name in package.namelist()}
    assert {name: one["label"] for name, one in lines.items()} == {"alma.jsonl": ["storm"], "bo.jsonl": []}
    one = lines["alma.jsonl"]
    assert (one["text"], one["framing_id"], one["article"], one["position"]) == ("Rain.", "a:0", "a", 3)
    # doccano puts its own under these names, or ours in the place of its own.
    assert not {"id", "data", "Comments"} & set(one)
    # Nobody's file shows what others have said.
    assert "skipped" not in one["framing"]
    assert content == written(("al", "bo"), zipped=True, names={"al": "alma"})


def test_one_file_is_one_coders():
    assert json.loads(written(("al",), zipped=False))["label"] == ["storm"]
    assert json.loads(written((), zipped=False))["label"] == []
    with pytest.raises(UsageError, match=r"\.zip"):
        written(("al", "bo"), zipped=False)


def test_the_export_of_all_members():
    content = packed([(name, (FILES / name).read_bytes()) for name in ("ana.jsonl", "ben.jsonl")])
    found = read(content).records
    assert [(one.place, one.coder, one.paragraph) for one in found[:2]] == [
        ("ana.jsonl, line 1", "ana", "a1:0"),
        ("ana.jsonl, line 2", "ana", "a1:1"),
    ]
    assert [one.told and one.told.labels for one in found] == [
        ("storm",), None, None, ("Drought",), ("drought",), None, None, None,
    ]  # fmt: skip
    assert found[0].told.details == {"note": "waves\nand moorings"}
    assert found[2].fault == "has 2 labels (storm, none); a paragraph has one frame"
    # What has no label was not seen, and is no 'none'.
    assert found[1].told is None
    assert found[1].fault is None
    assert found[4].coder == "ben"


def test_everybodys_file_names_nobody():
    [record] = read(packed([("all.jsonl", line())])).records
    assert (record.coder, record.anonymous, record.names) == (None, True, ("all",))
    [record] = read(line()).records
    assert (record.coder, record.anonymous, record.names) == (None, True, ())


def test_tables():
    content = (
        b'id,text,framing_id,label,Comments\n9,Rain.,a:0,storm,gusts\n10,Sun.,a:1,"",\n11,Fog.,a:2,storm#none,\n1,2\n'
    )
    found = read(packed([("ana.csv", content)])).records
    assert [one.told and one.told.labels for one in found] == [("storm",), None, ("storm#none",), None]
    assert found[0].told.details["note"] == "gusts"
    assert (found[0].place, found[0].paragraph, found[0].coder) == ("ana.csv, line 2", "a:0", "ana")
    assert "2 cells" in found[3].fault


def test_a_plain_csv_is_none_of_its_tables():
    # All of its coders would be taken for the one of --coder.
    with pytest.raises(InputError, match="import it --as csv"):
        read(b"item_id,coder,label,text\na:0,ana,storm,Rain.\na:0,ben,none,Rain.\n")


def test_comments_on_what_has_no_label_are_told():
    reading = read(packed([("ana.jsonl", line(label=[], Comments=["hm"])), ("ben.jsonl", line(Comments=["hm"]))]))
    assert [record.fault for record in reading.records] == [None, None]
    assert [note.split(";")[0] for note in reading.notes] == ["comments on what has no label: 1"]
    assert read(line(label=[])).notes == ()


def test_older_versions_call_the_text_data():
    [record] = read(b'{"id": 9, "data": "Rain.", "label": "storm"}').records
    assert (record.text, record.told.labels) == ("Rain.", ("storm",))


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b'{"text": "Rain."}', "has no 'label'"),
        (line(label=[[0, 3, "ORG"]]), "'label' is no list of texts"),
        (line(label=7), "'label' is no list of texts"),
        (line(Comments=[3]), "'Comments' is no list of texts"),
        (b"{", "not valid JSON"),
    ],
)
def test_lines_that_cannot_be_used(content, fault):
    [record] = read(content).records
    assert fault in record.fault


@pytest.mark.parametrize(
    "name", ["../ana.jsonl", "/etc/ana.jsonl", "x/ana.jsonl", "..\\ana.jsonl", ".jsonl", ".ana.jsonl", "ana/", "jsonl"]
)
def test_names_that_lead_elsewhere_are_refused(name):
    with pytest.raises(InputError, match="holds '"):
        read(packed([(name, line())]))


def test_other_files_are_refused():
    with pytest.raises(InputError, match="as JSONL"):
        read(packed([("ana.txt", b"__label__storm Rain.")]))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name():
    with pytest.raises(InputError, match=r"two files 'ana\.jsonl'"):
        read(packed([("ana.jsonl", line()), ("ana.jsonl", line())]))


def test_what_would_unpack_to_too_much():
    def claim(info):
        info.file_size = 2**31

    with pytest.raises(InputError, match="more than 1024 MiB"):
        read(packed([("ana.jsonl", line())], change=claim))


def test_too_many_files():
    with pytest.raises(InputError, match="more than 1000 files"):
        read(packed([(f"coder{number}.jsonl", b"") for number in range(1001)]))


def test_no_more_is_unpacked_than_was_declared():
    def claim(info):
        info.file_size = 10

    with pytest.raises(InputError, match="cannot be unpacked"):
        read(packed([("ana.jsonl", line() * 100_000)], change=claim))


def test_encrypted():
    def claim(info):
        info.flag_bits |= 1

    with pytest.raises(InputError, match="encrypted"):
        read(packed([("ana.jsonl", line())], change=claim))


def test_damaged_packages():
    content = packed([("ana.jsonl", line() * 50)])
    for size in range(0, len(content), 7):
        damaged = content[:size]
        try:
            read(damaged)
        except InputError as error:
            assert "\n" not in error.message  # noqa: PT017 - some cuts leave what is no package, and no error
    with pytest.raises(InputError, match="damaged ZIP"):
        read(content[:-30])
    turned = bytearray(content)
    turned[60] ^= 0xFF
    with pytest.raises(InputError, match="cannot be unpacked"):
        read(bytes(turned))


def test_a_member_that_is_no_table():
    with pytest.raises(InputError, match=r"ana\.csv: .*no column 'label'"):
        read(packed([("ana.csv", b"text,labels\nRain.,storm\n")]))

import io
import subprocess
import sys
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from framing.errors import InputError
from framing.text.docx_document import read_docx


def saved(document):
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def texts(document):
    article = read_docx(saved(document), path="a.docx")
    assert not any(block.boilerplate or block.row for block in article.blocks)
    return [article.text[block.start : block.end] for block in article.blocks]


@pytest.fixture
def document():
    return docx.Document()


def test_paragraphs_headings_lists_and_tables_come_in_order(document):
    document.add_heading("A title", level=1)
    document.add_paragraph("One\tline\nand the next.")
    document.add_paragraph("Water", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip([*table.rows[0].cells, *table.rows[1].cells], ["Town", "Dead", "East", "9"], strict=True):
        cell.text = text
    document.add_paragraph(" ")
    document.add_paragraph("The end.")
    assert texts(document) == ["A title", "One line and the next.", "Water", "Town | Dead", "East | 9", "The end."]


def test_a_cell_of_several_paragraphs_keeps_them_apart(document):
    cell = document.add_table(rows=1, cols=2).rows[0].cells
    cell[0].text = "Menu"
    cell[1].text = "One."
    cell[1].add_paragraph("Two.")
    assert texts(document) == ["Menu", "One.", "Two."]


def test_a_table_in_a_table_is_read(document):
    inner = document.add_table(rows=1, cols=1).rows[0].cells[0].add_table(rows=1, cols=2)
    inner.rows[0].cells[0].text = "East"
    inner.rows[0].cells[1].text = "West"
    assert texts(document) == ["East", "West"]


def test_inserted_text_is_read_and_deleted_moved_and_hidden_text_is_not(document):
    paragraph = document.add_paragraph("Kept")
    paragraph.add_run(" hidden").font.hidden = True
    space = 'xml:space="preserve"'
    for xml in (
        f"<w:ins {nsdecls('w')}><w:r><w:t {space}> inserted</w:t></w:r></w:ins>",
        f"<w:del {nsdecls('w')}><w:r><w:delText {space}> deleted</w:delText></w:r></w:del>",
        f"<w:moveFrom {nsdecls('w')}><w:r><w:t {space}> moved away</w:t></w:r></w:moveFrom>",
        f"<w:moveTo {nsdecls('w')}><w:r><w:t {space}> moved</w:t></w:r></w:moveTo>",
        f"<w:hyperlink {nsdecls('w')}><w:r><w:t {space}> linked</w:t></w:r></w:hyperlink>",
    ):
        paragraph._p.append(parse_xml(xml))
    assert texts(document) == ["Kept inserted moved linked"]


def test_a_text_box_is_read_once(document):
    box = "<w:txbxContent><w:p><w:r><w:t>Boxed</w:t></w:r></w:p></w:txbxContent>"
    compatibility = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    xml = (
        f"<w:r {nsdecls('w')} {compatibility}><mc:AlternateContent><mc:Choice Requires='wps'>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
    )
    document.add_paragraph("Before")._p.append(parse_xml(xml))
    assert texts(document) == ["Before", "Boxed"]


def packed(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return buffer.getvalue()


def damaged():
    data = bytearray(saved(docx.Document()))
    for place in range(60, len(data) // 2, 7):
        data[place] ^= 0xFF
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"just text", "is not a Word document"),
        (b"PK\x03\x04 cut off", "is not a Word document"),
        (packed(a="b"), "is a zip file but not a Word document"),
        (packed(**{"[Content_Types].xml": "<a/>"}), "is damaged"),
        (packed(**{"[Content_Types].xml": "<a/>", "word/document.xml": "<a"}), "is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "is encrypted or an old .doc"),
        (saved(docx.Document()), "holds no text"),
        (saved(docx.Document())[:-200], "is not a Word document"),
        (damaged(), "is damaged"),
    ],
)
def test_what_cannot_be_read_is_refused(data, message):
    with pytest.raises(InputError, match=message) as caught:
        read_docx(data, path="a.docx")
    assert caught.value.path == "a.docx"
    assert "\n" not in str(caught.value)


PACKAGE = {
    "[Content_Types].xml": "<a/>",
    "_rels/.rels": "<R><r Type='http://example.org/officeDocument' Target='/word/document2.xml'/></R>",
}


def body(paragraphs):
    return f"<w:document {nsdecls('w')}><w:body>{paragraphs}</w:body></w:document>"


def test_the_main_part_is_found_by_its_relation():
    data = packed(**PACKAGE, **{"word/document2.xml": body("<w:p><w:r><w:t>Found.</w:t></w:r></w:p>")})
    assert read_docx(data, path="a.docx").text == "Found."


def test_a_long_document_is_read_whole_and_not_held_as_a_tree(tmp_path):
    paragraphs = "<w:p/>" * 400_000 + "".join(f"<w:p><w:r><w:t>Line {n}.</w:t></w:r></w:p>" for n in range(5_000))
    (tmp_path / "a.docx").write_bytes(packed(**PACKAGE, **{"word/document2.xml": body(paragraphs)}))
    # In a process of its own, since the most that a process ever held is what can be asked for.
    script = (
        "import resource, sys; from pathlib import Path; from framing.text.docx_document import read_docx\n"
        "held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "article = read_docx(Path(sys.argv[1]).read_bytes(), path='a')\n"
        "print(len(article.blocks), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held)"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "a.docx")]
    blocks, kilobytes = map(int, subprocess.run(command, capture_output=True, check=True, text=True).stdout.split())
    assert blocks == 5_000
    assert kilobytes < 20_000


def test_a_text_that_would_fill_the_memory_is_refused_unread():
    data = packed(**PACKAGE, **{"word/document2.xml": b" " * 51 * 2**20})
    with pytest.raises(InputError, match="more than 50 MiB"):
        read_docx(data, path="a.docx")


def test_entities_that_refer_to_each_other_are_refused():
    entities = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 10))
    text = f"<!DOCTYPE d [<!ENTITY e0 'x'>{entities}]>" + body("<w:p><w:r><w:t>One &e9;</w:t></w:r></w:p>")
    with pytest.raises(InputError, match="is damaged"):
        read_docx(packed(**PACKAGE, **{"word/document2.xml": text}), path="a.docx")

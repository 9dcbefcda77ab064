import logging
import time
import zlib

import pytest

from framing.errors import InputError
from framing.text.pdf_document import read_pdf

LINES = [
    "The road through the valley was closed at noon, and nobody",
    "came to mend the bridge before the rains set in again. The",
    "men of the village waited until the evening.",
]


def pdf(pages, *, trailer="", encoding="", extra=()):
    """Write a small PDF; a page is a list of (left, bottom, size, text), or the content stream's bytes."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"",
        f"<</Type/Font/Subtype/Type1/BaseFont/Helvetica{encoding}>>".encode(),
    ]
    kids = []
    for page in pages:
        stream = page if isinstance(page, bytes) else b"\n".join(drawn(*line) for line in page)
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F 3 0 R>>/XObject<</X 90 0 R>>>>"
            + f"/Contents {len(objects) + 2} 0 R>>".encode()
        )
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>".encode()
    numbered = [*enumerate(objects, start=1), *extra]
    body, offsets = b"%PDF-1.4\n", {}
    for number, content in numbered:
        offsets[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n" + b"".join(b"%d 1\n%010d 00000 n \n" % (number, offsets[number]) for number, _ in numbered)
    return body + table + f"trailer<</Size 99/Root 1 0 R{trailer}>>\nstartxref\n{len(body)}\n%%EOF".encode()


def drawn(left, bottom, size, text):
    return f"BT /F {size} Tf {left} {bottom} Td ({text}) Tj ET".encode("cp1252")


def column(lines, left=60, top=700, size=10, leading=12):
    return [(left, top - leading * number, size, line) for number, line in enumerate(lines)]


def read(data):
    article = read_pdf(data, path="a.pdf")
    return [(article.text[block.start : block.end], block.boilerplate) for block in article.blocks]


def texts(data):
    return [text for text, _ in read(data)]


def test_lines_are_joined_and_paragraphs_kept_apart():
    page = [
        (60, 740, 18, "A title"),
        *column(LINES),
        *column(["A second paragraph that stands", "by itself."], top=620),
    ]
    assert texts(pdf([page])) == ["A title", " ".join(LINES), "A second paragraph that stands by itself."]


def test_widely_spaced_lines_are_joined():
    lines = [LINES[0], LINES[1], LINES[0], LINES[1], LINES[2]]
    page = [*column(lines, leading=24), *column(lines, top=500, leading=24)]
    assert texts(pdf([page])) == [" ".join(lines), " ".join(lines)]


def test_a_list_of_short_lines_is_not_joined():
    lines = ["Water and bread", "A road to the coast of the south", "Schools", "A clinic and its light", "Peace", "Pay"]
    assert texts(pdf([column(lines, leading=24)])) == lines


def test_a_short_last_line_and_an_indent_end_a_paragraph():
    page = [*column(LINES), (72, 664, 10, LINES[0]), (60, 652, 10, LINES[1] + " men.")]
    assert texts(pdf([page])) == [" ".join(LINES), f"{LINES[0]} {LINES[1]} men."]


def test_divided_words_are_made_whole_and_other_hyphens_stay():
    page = column(["The soldiers had with-", "drawn to the Franco-", "German camp on the hill."])
    assert texts(pdf([page])) == ["The soldiers had withdrawn to the Franco- German camp on the hill."]


def test_running_heads_and_page_numbers_are_boilerplate():
    pages = [
        [
            (60, 780, 9, "The Example Review"),
            *column([f"{word} paragraph of the story ends."]),
            (300, 20, 9, f"Page {n} of 3"),
        ]
        for n, word in enumerate(["First", "Second", "Third"], start=1)
    ]
    assert read(pdf(pages)) == [
        *[("The Example Review", True), ("First paragraph of the story ends.", False), ("Page 1 of 3", True)],
        *[("The Example Review", True), ("Second paragraph of the story ends.", False), ("Page 2 of 3", True)],
        *[("The Example Review", True), ("Third paragraph of the story ends.", False), ("Page 3 of 3", True)],
    ]


def test_a_paragraph_goes_on_over_a_page_and_over_its_margins():
    first = [(60, 780, 9, "The Example Review"), *column(LINES[:1], top=100), (300, 20, 9, "1")]
    second = [(60, 780, 9, "The Example Review"), *column(LINES[1:])]
    assert [text for text, marked in read(pdf([first, second])) if not marked] == [" ".join(LINES)]


def test_columns_are_read_one_after_the_other_and_joined():
    left = [f"left column line number {number} of the story goes on" for number in range(8)]
    right = [f"right column line number {number} of the story goes on" for number in range(8)]
    page = [*column(left, left=40, size=8, leading=10), *column(right, left=320, size=8, leading=10)]
    assert texts(pdf([page])) == [" ".join([*left, *right])]


def test_ligatures_are_spelled_out():
    encoding = "/Encoding<</Type/Encoding/Differences[1/fi/fl]>>"
    assert texts(pdf([[(60, 700, 10, "\x01ghters \x02ed")]], encoding=encoding)) == ["fighters fled"]


def test_text_in_a_drawing_is_read():
    drawing = drawn(60, 700, 10, "Drawn words.")
    head = b"<</Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</Font<</F 3 0 R>>>>/Length %d>>" % len(drawing)
    assert texts(pdf([b"/X Do"], extra=[(90, head + b"stream\n" + drawing + b"\nendstream")])) == ["Drawn words."]


STANDARD = "/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<" + "41" * 32 + ">/U<" + "42" * 32 + ">>>/ID[<01><01>]"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"just text", "is not a PDF"),
        (b"%PDF-1.4\nand no more", "is damaged"),
        (pdf([column(LINES)], trailer=STANDARD), "is encrypted"),
        (pdf([b""]), "may be a scan"),
        (pdf([]), "may be a scan"),
        (pdf([column(LINES)])[:400], "may be a scan|is damaged"),
        (b"%PDF-1.4\n" + b"[" * 100_000, "is damaged"),
        (b"%PDF-1.4\n1 0 obj\nstream\n" + zlib.compress(bytes(600 * 2**20), 9), "more than 500 MiB"),
    ],
    ids=["text", "empty", "encrypted", "blank", "no pages", "cut off", "deep", "bomb"],
)
def test_what_cannot_be_read_is_refused(data, message):
    with pytest.raises(InputError, match=message) as caught:
        read_pdf(data, path="a.pdf")
    assert caught.value.path == "a.pdf"
    assert "\n" not in str(caught.value)


def test_drawings_that_call_each_other_without_end_are_refused():
    forms = []
    for number in range(90, 98):
        calls = b"/X Do " * 20
        head = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>/Length %d>>"
        forms.append((number, head % (number + 1, len(calls)) + b"stream\n" + calls + b"\nendstream"))
    start = time.monotonic()
    with pytest.raises(InputError, match="draws without end"):
        read_pdf(pdf([b"/X Do"], extra=forms), path="a.pdf")
    assert time.monotonic() - start < 30


def test_a_crowded_page_takes_seconds():
    page = [(20 + 50 * (n % 11), 780 - 3 * (n // 11), 2, f"w{n}") for n in range(2_500)]
    start = time.monotonic()
    assert texts(pdf([page]))
    assert time.monotonic() - start < 20


def test_the_parser_keeps_quiet_and_its_logger_is_left_as_it_was(caplog):
    level = logging.getLogger("pdfminer").level
    with pytest.raises(InputError):
        read_pdf(pdf([column(LINES)])[:400], path="a.pdf")
    assert caplog.records == []
    assert logging.getLogger("pdfminer").level == level

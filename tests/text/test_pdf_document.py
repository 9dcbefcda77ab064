import base64
import logging
import zlib

import pytest

from framing.errors import InputError
from framing.text.pdf_document import read_pdf

LINES = [
    "The road through the valley was closed at noon, and nobody",
    "came to mend the bridge before the rains set in again. The",
    "men of the village waited until the evening.",
]


def pdf(pages, *, trailer="", encoding="", extra=(), packing=b""):
    """Write a small PDF; a page is a list of (left, bottom, size, text), or the content stream's bytes."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"",
        f"<</Type/Font/Subtype/Type1/BaseFont/Helvetica{encoding}>>".encode(),
    ]
    kids = []
    for page in pages:
        stream = page if isinstance(page, bytes) else content(page)
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F 3 0 R>>/XObject<</X 90 0 R>>>>"
            + f"/Contents {len(objects) + 2} 0 R>>".encode()
        )
        objects.append(b"<<%s/Length %d>>stream\n%s\nendstream" % (packing, len(stream), stream))
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>".encode()
    numbered = [*enumerate(objects, start=1), *extra]
    body, offsets = b"%PDF-1.4\n", {}
    for number, written in numbered:
        offsets[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, written)
    table = b"xref\n" + b"".join(b"%d 1\n%010d 00000 n \n" % (number, offsets[number]) for number, _ in numbered)
    return body + table + f"trailer<</Size 99/Root 1 0 R{trailer}>>\nstartxref\n{len(body)}\n%%EOF".encode()


def content(lines):
    return b"\n".join(drawn(*line) for line in lines)


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


def flate(data):
    return zlib.compress(data, 9)


def lzw(data):
    """Pack with codes of nine bits, the table cleared before they must be longer."""
    codes = [code for place in range(0, len(data), 200) for code in (256, *data[place : place + 200])]
    bits = "".join(f"{code:09b}" for code in [*codes, 257])
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")


def run_length(data):
    pieces = (data[place : place + 100] for place in range(0, len(data), 100))
    return b"".join(bytes((len(piece) - 1,)) + piece for piece in pieces) + b"\x80"


def predicted(data):
    rows = (data[place : place + 10].ljust(10) for place in range(0, len(data), 10))
    return flate(b"".join(b"\0" + row for row in rows))


@pytest.mark.parametrize(
    ("packing", "pack"),
    [
        ("/Filter/FlateDecode", flate),
        ("/Filter[/FlateDecode/FlateDecode]", lambda data: flate(flate(data))),
        ("/Filter[/ASCIIHexDecode/FlateDecode]", lambda data: flate(data).hex().encode() + b">"),
        ("/Filter[/A85 /Fl]", lambda data: base64.a85encode(flate(data), adobe=True)),
        ("/Filter/LZWDecode", lzw),
        ("/Filter/RunLengthDecode", run_length),
        ("/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 10>>", predicted),
        # Cut off within the check sum.
        ("/Filter/FlateDecode", lambda data: flate(data)[:-2]),
    ],
)
def test_packed_text_is_read(packing, pack):
    assert texts(pdf([pack(content(column(LINES)))], packing=packing.encode())) == [" ".join(LINES)]


def repeated_code():
    """Pack a long run of one letter by LZW: each code is the newest entry of the table, which is one letter longer."""
    codes = [(256, 9), (97, 9), *((code, min(12, (code + 1).bit_length())) for code in range(258, 4096))]
    bits = "".join(f"{code:0{width}b}" for code, width in codes)
    bits += f"{4095:012b}" * 40_000
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")


ZEROS = bytes(110 * 2**20)


@pytest.mark.parametrize(
    ("packing", "bomb"),
    [
        ("/FlateDecode", lambda: flate(ZEROS)),
        ("[/FlateDecode/FlateDecode]", lambda: flate(flate(ZEROS))),
        ("[/FlateDecode/FlateDecode/FlateDecode]", lambda: flate(flate(flate(ZEROS)))),
        ("[/ASCIIHexDecode/FlateDecode]", lambda: flate(ZEROS).hex().encode()),
        ("[/FlateDecode/RunLengthDecode]", lambda: flate(b"\x81a" * 2**20)),
        ("[/FlateDecode/ASCII85Decode]", lambda: flate(b"z" * (30 * 2**20))),
        ("/LZWDecode", repeated_code),
        ("/FlateDecode/DecodeParms<</Predictor 12/Columns 100>>", lambda: flate(bytes(15 * 2**20))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_streams_that_would_fill_the_memory_are_refused_at_once(packing, bomb):
    data = pdf([bomb()], packing=b"/Filter" + packing.encode())
    with pytest.raises(InputError, match="more than 100 MiB"):
        read_pdf(data, path="a.pdf")


def test_the_bound_holds_for_all_streams_together():
    with pytest.raises(InputError, match="more than 100 MiB"):
        read_pdf(pdf([flate(b" " * 40 * 2**20)] * 3, packing=b"/Filter/FlateDecode"), path="a.pdf")


def test_a_row_that_is_made_up_is_refused():
    packing = b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 1000000000>>"
    with pytest.raises(InputError, match="longer than the stream"):
        read_pdf(pdf([flate(b"\0" * 10)], packing=packing), path="a.pdf")


def test_many_streams_in_a_stream_are_not_unpacked_each():
    page = flate(b"stream\n" + flate(b"stream\n" * 200_000))
    with pytest.raises(InputError, match="may be a scan"):
        read_pdf(pdf([page, b"stream\n" * 100_000]), path="a.pdf")


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
    ],
    ids=["text", "empty", "encrypted", "blank", "no pages", "cut off", "deep"],
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
    with pytest.raises(InputError, match="draws without end"):
        read_pdf(pdf([b"/X Do"], extra=forms), path="a.pdf")


def test_a_crowded_page_takes_seconds():
    page = [(20 + 50 * (n % 11), 780 - 3 * (n // 11), 2, f"w{n}") for n in range(2_500)]
    assert texts(pdf([page]))


def test_the_parser_keeps_quiet_and_its_logger_is_left_as_it_was(caplog):
    level = logging.getLogger("pdfminer").level
    with pytest.raises(InputError):
        read_pdf(pdf([column(LINES)])[:400], path="a.pdf")
    assert caplog.records == []
    assert logging.getLogger("pdfminer").level == level

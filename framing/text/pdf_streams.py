"""The compressed streams of a PDF, unpacked step by step within a bound for the whole document.

pdfminer unpacks whatever a file declares: a few kilobytes, packed twice, would fill any memory. Its parser is made to
hand out streams that count what they unpack. Needs the extra 'docs' to be imported.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable
from typing import BinaryIO, cast

from pdfminer.ascii85 import asciihexdecode
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFStream, int_value
from pdfminer.psparser import PSKeyword, literal_name
from pdfminer.utils import apply_png_predictor, apply_tiff_predictor

from framing.errors import InputError

# Text, fonts and tables of objects; pictures are never unpacked. A book of a thousand pages needs a tenth of it.
LARGEST = 100 * 2**20
# Each filter of a stream makes one more copy of it; real files have two.
_MOST_FILTERS = 8
_AT_ONCE = 2**16
_LONGEST_LZW_TABLE = 4096
_LZW_CLEAR, _LZW_END = 256, 257
_PICTURES = frozenset(("DCTDecode", "DCT", "CCITTFaxDecode", "CCF", "JBIG2Decode", "JPXDecode"))


class BoundedParser(PDFParser):
    """A parser whose streams unpack to no more than ``LARGEST`` bytes, all of the document's taken together."""

    def __init__(self, file: BinaryIO):
        super().__init__(file)
        self._budget = _Budget()

    def do_keyword(self, pos: int, token: PSKeyword) -> None:
        super().do_keyword(pos, token)
        if token is self.KEYWORD_STREAM and self.curstack:
            place, stream = self.curstack[-1]
            if isinstance(stream, PDFStream):
                self.curstack[-1] = place, _BoundedStream(stream, self._budget)


class _Budget:
    """The bytes that a document may still unpack to."""

    def __init__(self) -> None:
        self.left = LARGEST

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise InputError(f"would unpack to more than {LARGEST // 2**20} MiB")


class _BoundedStream(PDFStream):
    def __init__(self, stream: PDFStream, budget: _Budget):
        super().__init__(stream.attrs, stream.rawdata or b"", stream.decipher)
        self._budget = budget

    def decode(self) -> None:
        data = self.rawdata or b""
        if self.decipher:
            # The parser has numbered the stream by now.
            data = self.decipher(cast("int", self.objid), cast("int", self.genno), data, self.attrs)
        filters = self.get_filters()
        if len(filters) > _MOST_FILTERS:
            raise InputError("packs a stream too many times over")
        for kind, parameters in filters:
            data = _unpacked(data, literal_name(kind), self._budget.spend)
            if isinstance(parameters, dict):
                data = _predicted(data, parameters, self._budget.spend)
        self.data = data
        self.rawdata = None


Spend = Callable[[int], None]


def _unpacked(data: bytes, kind: str, spend: Spend) -> bytes:
    match kind:
        case "FlateDecode" | "Fl":
            return _flate(data, spend)
        case "LZWDecode" | "LZW":
            return _lzw(data, spend)
        case "RunLengthDecode" | "RL":
            return _run_length(data, spend)
        case "ASCII85Decode" | "A85":
            # A letter stands for four bytes at most.
            spend(4 * len(data))
            letters = data.strip()
            if letters.startswith((b"<~", b"~")):
                letters = letters.partition(b"~")[2]
            return base64.a85decode(letters.partition(b"~")[0])
        case "ASCIIHexDecode" | "AHx":
            spend(len(data))
            return asciihexdecode(data)
    if kind in _PICTURES:
        return b""
    raise InputError(f"packs its text by an unknown filter: {kind[:50]}")


def _flate(data: bytes, spend: Spend) -> bytes:
    """Unpack as far as the stream is sound."""
    unpacker = zlib.decompressobj()
    pieces = []
    try:
        for place in range(0, len(data), _AT_ONCE):
            if unpacker.eof:
                break
            rest = data[place : place + _AT_ONCE]
            while rest and not unpacker.eof:
                pieces.append(unpacker.decompress(rest, 2**20))
                spend(len(pieces[-1]))
                rest = unpacker.unconsumed_tail
        pieces.append(unpacker.flush())
    except zlib.error:
        pass
    return b"".join(pieces)


def _lzw(data: bytes, spend: Spend) -> bytes:
    """Unpack as far as the codes are known (PDF 32000-1:2008, 7.4.4, with the early change of code lengths)."""
    single = [bytes((number,)) for number in range(256)] + [b"", b""]
    table = list(single)
    last = b""
    pieces = []
    bits = waiting = 0
    width = 9
    for byte in data:
        bits = bits << 8 | byte
        waiting += 8
        if waiting < width:
            continue
        waiting -= width
        code, bits = bits >> waiting, bits & ((1 << waiting) - 1)
        if code == _LZW_END:
            break
        if code == _LZW_CLEAR:
            table, last, width = list(single), b"", 9
            continue
        if code > len(table) or (code == len(table) and not last):
            break
        piece = table[code] if code < len(table) else last + last[:1]
        if last and len(table) < _LONGEST_LZW_TABLE:
            table.append(last + piece[:1])
            width = min(12, (len(table) + 1).bit_length())
        spend(len(piece))
        pieces.append(piece)
        last = piece
    return b"".join(pieces)


def _run_length(data: bytes, spend: Spend) -> bytes:
    pieces = []
    place = 0
    while place < len(data) and (length := data[place]) != 128:
        if length < 128:
            pieces.append(data[place + 1 : place + 2 + length])
            place += 2 + length
        else:
            pieces.append(data[place + 1 : place + 2] * (257 - length))
            place += 2
        spend(len(pieces[-1]))
    return b"".join(pieces)


def _predicted(data: bytes, parameters: dict[str, object], spend: Spend) -> bytes:
    """Undo a predictor; a row that is longer than all the bytes would be made up."""
    predictor = int_value(parameters.get("Predictor", 1))
    if predictor == 1 or not data:
        return data
    colours = int_value(parameters.get("Colors", 1))
    columns = int_value(parameters.get("Columns", 1))
    bits = int_value(parameters.get("BitsPerComponent", 8))
    if not (0 < colours <= 32 and 0 < columns <= 8 * len(data)):
        raise InputError("is damaged: a row of a stream is longer than the stream")
    # Each byte is held as an entry of a list meanwhile.
    spend(8 * len(data))
    if predictor == 2:
        return apply_tiff_predictor(colours, columns, bits, data)
    return apply_png_predictor(predictor, colours, columns, bits, data)

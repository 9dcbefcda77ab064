"""Bytes to text: byte order marks, UTF-8, a declared charset, a guess; what is no text is refused by name."""

from __future__ import annotations

import codecs
import contextlib
import io
import re
from collections.abc import Iterator
from typing import BinaryIO, cast

from framing.errors import InputError

_MARKS = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = (
    (b"%PDF-", "a PDF; give it the suffix .pdf"),
    (b"PK\x03\x04", "a zip file; if it is a Word document, give it the suffix .docx"),
    (b"PAR1", "a Parquet table; give it the suffix .parquet"),
    (b"\xd0\xcf\x11\xe0", "an old or encrypted Office document; save it as .docx"),
    (b"{\\rtf", "a rich-text document; save it as .docx or .txt"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"\x1f\x8b", "a compressed file; unpack it first"),
    (b"BZh", "a compressed file; unpack it first"),
    (b"\xfd7zXZ", "a compressed file; unpack it first"),
    (b"7z\xbc\xaf", "a compressed file; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a compressed file; unpack it first"),
    (b"\x7fELF", "a program"),
)
_HEAD = 65_536
_SAMPLE = 200_000
_IN_MEMORY = 64 * 2**20
_CONTROLS = bytes(set(range(32)) - set(b"\0\t\n\v\f\r\x1a\x1b"))
# A NUL ends strings for other programs, a lone surrogate cannot be written as UTF-8.
_UNFIT = re.compile("[\0\ud800-\udfff]")
# The letters of English, French, Spanish, Portuguese, German, Italian and Scandinavian texts, and typographic signs.
_WESTERN = frozenset("éèêëàâäáãåæçíìîïñóòôöõøœúùûüßÉÈÊËÀÂÄÁÃÅÆÇÍÌÎÏÑÓÒÔÖÕØŒÚÙÛÜªº‘’“”„«»‹›–—…•·¿¡°€£§©®™´\xa0\xad")


def tidied(text: str) -> str:
    """Replace NULs and lone surrogates by U+FFFD, one for one, so that offsets hold."""
    if text.isascii() and "\0" not in text:
        return text
    return _UNFIT.sub("\ufffd", text)


def decoded(data: bytes, *, path: str, declared: str | None = None) -> str:
    """Decode a whole file.

    Parameters
    ----------
    data : bytes
    path : str
        The file's name, for the message.
    declared : str, optional
        The charset that the document names; it counts where the bytes are no UTF-8.

    Raises
    ------
    InputError
        When it is no text.
    """
    encoding, errors = text_encoding(io.BytesIO(data), path=path, declared=declared)
    return tidied(data.decode(encoding, errors))


def text_encoding(file: BinaryIO, *, path: str, declared: str | None = None) -> tuple[str, str]:
    """Find a file's encoding and how to handle what does not fit it; the file is set back to its start.

    Raises
    ------
    InputError
        When it is no text.
    """
    head = file.read(_HEAD)
    file.seek(0)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, "replace"
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            raise InputError(f"not a text file but {kind}", path=path)
    if without_mark := _utf16_without_mark(head):
        return without_mark, "replace"
    if head.count(0) > len(head) / 10 or len(head) - len(head.translate(None, _CONTROLS)) > len(head) / 20:
        raise InputError("not a text file", path=path)
    wrong = _first_not_utf8(file)
    file.seek(0)
    if wrong is None:
        return "utf-8", "strict"
    sample = _sample(file, wrong)
    file.seek(0)
    if _nearly_utf8(sample):
        return "utf-8", "replace"
    if declared and (known := _known(declared)):
        return known, "replace"
    return _guessed(sample, path), "replace"


@contextlib.contextmanager
def seekable(file: BinaryIO) -> Iterator[BinaryIO]:
    """Give the file, or, where it cannot be read twice, a copy of it that lies on disk when it is large."""
    if file.seekable():
        yield file
        return
    import shutil
    import tempfile

    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
        shutil.copyfileobj(file, copy, 2**20)
        copy.seek(0)
        yield cast("BinaryIO", copy)


def byte_order(head: bytes) -> str | None:
    """Return the encoding that a byte order mark tells."""
    return next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)


def _utf16_without_mark(head: bytes) -> str | None:
    """Tell UTF-16 by its NULs: in Western text every second byte is one."""
    pairs = len(head) // 2
    even, odd = head[::2].count(0), head[1::2].count(0)
    if pairs and odd > 0.4 * pairs and even < 0.05 * pairs:
        return "utf-16-le"
    if pairs and even > 0.4 * pairs and odd < 0.05 * pairs:
        return "utf-16-be"
    return None


def _first_not_utf8(file: BinaryIO) -> int | None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    place = 0
    while True:
        chunk = file.read(2**20)
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            return max(0, place - pending + error.start)
        if not chunk:
            return None
        place += len(chunk)


def _sample(file: BinaryIO, wrong: int) -> bytes:
    """Read round the first byte that is no UTF-8, from line to line, since a guess must not begin inside a letter."""
    file.seek(max(0, wrong - 2_000))
    sample = file.read(_SAMPLE)
    if wrong > 2_000 and (first := sample.find(b"\n")) != -1 and first < 2_000:
        sample = sample[first + 1 :]
    if len(sample) > _SAMPLE // 2 and (last := sample.rfind(b"\n")) > _SAMPLE // 4:
        sample = sample[:last]
    return sample


def _nearly_utf8(sample: bytes) -> bool:
    """Whether it is UTF-8 but for a few damaged letters."""
    text = sample.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    whole = sum(1 for sign in text if sign > "\x7f") - damaged
    # Letters that make valid UTF-8 by chance are rare in any other encoding.
    return whole >= max(1, damaged)


def _known(declared: str) -> str | None:
    name = declared.strip().lower()
    # Browsers read what calls itself Latin-1 or ASCII as Windows-1252.
    if name in ("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"):
        return "cp1252"
    try:
        found = codecs.lookup(name)
        "a".encode(found.name)
    except (LookupError, ValueError, TypeError):
        return None
    # After failing as UTF-8 it cannot be that, whatever it says.
    return None if found.name.startswith("utf") else found.name


def _guessed(sample: bytes, path: str) -> str:
    from charset_normalizer import from_bytes

    # A few accents in Western text are legal in many other code pages, too, and any of them may be guessed.
    if _is_western(sample):
        return "cp1252"
    best = from_bytes(sample).best()
    if best is None:
        raise InputError("not a text file, or in an unknown encoding; save it as UTF-8", path=path)
    return best.encoding


def _is_western(sample: bytes) -> bool:
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    beyond = [sign for sign in text if sign > "\x7f"]
    return len(beyond) < 0.25 * len(text) and _WESTERN.issuperset(beyond)

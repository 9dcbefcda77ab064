import codecs
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.errors import InputError
from framing.text.encoding import decoded, seekable, tidied

FRENCH = "Le général a déclaré mardi que l’armée était prête à reprendre la ville, où des familles sont bloquées."
SPANISH = "El coronel señaló que la operación continuará mañana en la región, según informó el ministerio."
RUSSIAN = "Военные сообщили, что в ночь на среду был уничтожен склад боеприпасов у старого моста."


def read(data, **options):
    return decoded(data, path="a.txt", **options)


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_tells_the_encoding_and_is_no_part_of_the_text(mark, encoding):
    assert read(mark + FRENCH.encode(encoding)) == FRENCH


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_unicode_without_a_mark_is_recognised(encoding):
    assert read(FRENCH.encode(encoding)) == FRENCH


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(FRENCH, "cp1252"), (SPANISH, "cp1252"), (SPANISH, "latin-1"), (RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r")],
)
def test_older_encodings_are_guessed(text, encoding):
    assert read(text.encode(encoding)) == text


def test_a_guess_looks_where_the_foreign_letters_are():
    text = "Plain words without any accent. \n" * 20_000 + SPANISH
    assert read(text.encode("latin-1")) == text


def test_a_declared_charset_counts_after_utf8():
    assert read("Łódź płonie".encode("iso8859-2"), declared="ISO-8859-2") == "Łódź płonie"
    assert read("Łódź płonie".encode(), declared="ISO-8859-2") == "Łódź płonie"
    assert read(FRENCH.encode("cp1252"), declared="no-such-charset") == FRENCH
    assert read(FRENCH.encode("cp1252"), declared="iso-8859-1") == FRENCH


def test_a_damaged_letter_does_not_turn_utf8_into_something_else():
    data = (FRENCH * 3).encode()
    assert read(data[:-2] + b"\xff" + data[-1:]) == (FRENCH * 3)[:-2] + "\ufffd" + FRENCH[-1]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7\n...", ".pdf"),
        (b"PK\x03\x04" + b"\0" * 30, ".docx"),
        (b"PAR1....", ".parquet"),
        (b"{\\rtf1\\ansi text}", "rich-text"),
        (b"\x89PNG\r\n\x1a\n....", "image"),
        (b"\x1f\x8b\x08\0....", "unpack"),
        (bytes(range(256)) * 20, "not a text file"),
        (b"\0" * 100, "not a text file"),
    ],
)
def test_what_is_no_text_is_refused_and_says_what_it_seems_to_be(data, words):
    with pytest.raises(InputError, match=words) as caught:
        read(data)
    assert caught.value.path == "a.txt"


def test_nul_and_lone_surrogates_are_replaced_one_for_one():
    assert tidied("a\0b\ud800c😀") == "a\ufffdb\ufffdc😀"
    assert read(b"a few words, \0, and more of them") == "a few words, \ufffd, and more of them"


@given(st.binary(max_size=400))
def test_any_bytes_are_text_or_refused(data):
    try:
        text = read(data)
    except InputError:
        text = ""
    text.encode("utf-8")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=200))
def test_utf8_comes_back_as_it_was(text):
    if not text.startswith("\ufeff"):
        assert read(text.encode()) == text


class Pipe(io.RawIOBase):
    def __init__(self, data):
        self.data = io.BytesIO(data)

    def readable(self):
        return True

    def readinto(self, buffer):
        return self.data.readinto(buffer)


def test_a_pipe_can_be_read_twice():
    with seekable(io.BufferedReader(Pipe(b"abc"))) as file:
        assert file.read() == b"abc"
        file.seek(0)
        assert file.read() == b"abc"


@pytest.mark.parametrize(
    "text",
    ["El niño huyó.", "Le général a déclaré que l'armée avait bouclé la vallée à l'aube.", "Die Straße ist gesperrt."],
)
def test_short_western_text_is_not_taken_for_another_script(text: str) -> None:
    assert decoded(text.encode("cp1252"), path="x") == text


@pytest.mark.parametrize("damage", ["Ségou et Gao, où le g".encode() + b"\xe9n\xe9ral", "café".encode() + b"\xc3"])
def test_utf8_with_a_damaged_letter_stays_utf8(damage: bytes) -> None:
    assert decoded(damage, path="x") == damage.decode("utf-8", "replace")


def test_turkish_and_polish_are_not_taken_for_western() -> None:
    turkish = "Güvenlik güçleri, ilçede sokağa çıkma yasağı ilan edildiğini ve aramaların sürdüğünü açıkladı. " * 3
    polish = "Wojsko poinformowało, że oddziały zamknęły dolinę i przeszukują wsie, a ludność została w domach. " * 3
    assert "³" not in decoded(polish.encode("cp1250"), path="x")
    assert "ð" not in decoded(turkish.encode("cp1254"), path="x")

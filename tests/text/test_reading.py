import io
import os
import subprocess
import sys
import textwrap

import pytest

from framing.errors import InputError, MissingExtraError, UsageError
from framing.text import Article, read_articles

STORY = "Nine people died in the market."


class Told:
    """What was handed to the callbacks."""

    def __init__(self):
        self.errors = []
        self.skipped = []

    def read(self, source, **options):
        return list(read_articles(str(source), on_error=self.errors.append, on_skip=self.skipped.append, **options))


@pytest.fixture
def told():
    return Told()


def test_a_text_file_is_one_article_with_its_line_ends(tmp_path, told):
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbfOne.\r\n\r\nTwo.\r")
    assert told.read(path) == [Article(str(path), "One.\r\n\r\nTwo.\r", source=tmp_path.name)]
    assert told.errors == []


@pytest.mark.parametrize("name", ["a.md", "a.text", "a.log", "a", "A.TXT"])
def test_unknown_suffixes_are_read_as_text(tmp_path, told, name):
    (tmp_path / name).write_text(STORY, encoding="utf-8")
    assert [article.text for article in told.read(tmp_path / name)] == [STORY]


def test_a_folder_is_read_in_order_hidden_and_unknown_files_left_out(tmp_path, told):
    for name in ("b.txt", "a.txt", ".hidden.txt", "c.png", "sub/d.md", ".git/e.txt", "sub/f.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"text\n{name}", encoding="utf-8")
    names = [os.path.relpath(article.id, tmp_path) for article in told.read(tmp_path)]
    assert names == ["a.txt", "b.txt", "sub/d.md", "sub/f.csv:1"]
    assert told.skipped == [str(tmp_path / "c.png")]
    assert told.errors == []


def test_a_kind_picks_its_files_from_a_folder(tmp_path, told):
    for name in ("a.txt", "b.csv", "c.md"):
        (tmp_path / name).write_text("text\nwords", encoding="utf-8")
    assert [article.id for article in told.read(tmp_path, kind="csv")] == [f"{tmp_path / 'b.csv'}:1"]
    assert told.skipped == [str(tmp_path / "a.txt"), str(tmp_path / "c.md")]
    assert len(told.read(tmp_path, kind="txt")) == 2


def test_links_lead_neither_out_of_a_folder_nor_round_in_it(tmp_path, told):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "b.txt").write_text(STORY, encoding="utf-8")
    folder = tmp_path / "clippings"
    folder.mkdir()
    (folder / "a.txt").write_text(STORY, encoding="utf-8")
    (folder / "loop").symlink_to(tmp_path)
    (folder / "out").symlink_to(tmp_path / "other")
    (folder / "dead.txt").symlink_to(tmp_path / "nowhere")
    assert [article.id for article in told.read(folder)] == [str(folder / "a.txt")]
    assert told.errors == []


def test_one_bad_file_does_not_stop_a_folder(tmp_path, told):
    (tmp_path / "a.txt").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "b.txt").write_text(" \n\t\n", encoding="utf-8")
    (tmp_path / "c.txt").write_text(STORY, encoding="utf-8")
    assert [article.text for article in told.read(tmp_path)] == [STORY]
    assert [(type(error), error.message) for error in told.errors] == [
        (InputError, "not a text file but an image"),
        (InputError, "holds no text"),
    ]


@pytest.mark.parametrize("name", ["missing.txt", "a\0b.txt", "x" * 5000])
def test_a_path_that_cannot_be_opened_is_told(tmp_path, told, name):
    assert told.read(f"{tmp_path}/{name}") == []
    assert len(told.errors) == 1
    assert "\n" not in str(told.errors[0])


def test_a_name_that_is_no_utf8_can_be_printed(tmp_path, told):
    path = tmp_path / os.fsdecode(b"\xff.txt")
    path.write_text(STORY, encoding="utf-8")
    assert told.read(path)[0].id.encode() == os.fsencode(tmp_path) + "/\ufffd.txt".encode()


def test_standard_input_is_text_or_the_kind_that_is_named(told):
    assert told.read("-", stdin=io.BytesIO(STORY.encode())) == [Article("-", STORY)]
    assert [a.id for a in told.read("-", kind="csv", stdin=io.BytesIO(b"text\nwords\n"))] == ["-:1"]
    assert told.read("-", stdin=io.BytesIO(b"")) == []
    assert [str(error) for error in told.errors] == ["-: holds no text"]


def test_misuse_is_told_before_anything_is_read(told):
    with pytest.raises(UsageError, match="txt, md, csv"):
        read_articles("a", kind="rtf", on_error=told.errors.append)
    with pytest.raises(UsageError, match="standard input"):
        read_articles("-", on_error=told.errors.append)


def test_rows_come_before_the_input_has_ended(told):
    inside, outside = os.pipe()
    with os.fdopen(inside, "rb") as pipe, os.fdopen(outside, "wb", buffering=0) as end:
        end.write(b'{"text": "one"}\n{"text": "two"}\n')
        articles = read_articles("-", kind="jsonl", stdin=pipe, on_error=told.errors.append)
        assert next(articles).text == "one"
        end.close()
        assert [article.text for article in articles] == ["two"]


@pytest.mark.parametrize(("package", "name"), [("lxml", "a.html"), ("pdfminer", "a.pdf"), ("lxml", "a.docx")])
def test_a_missing_extra_is_named(tmp_path, package, name):
    (tmp_path / name).write_bytes(b"anything")
    script = textwrap.dedent(f"""
        import sys
        sys.modules[{package!r}] = None
        from framing.text import read_articles
        def tell(error):
            sys.exit(repr(error) + str(error))
        list(read_articles({str(tmp_path / name)!r}, on_error=tell))
    """)
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr.startswith(MissingExtraError.__name__)
    assert f"{tmp_path / name}: reading " in run.stderr
    assert "pip install 'framing[docs]'" in run.stderr


def test_reading_text_imports_nothing_heavy():
    script = (
        "import sys, framing.text\n"
        "heavy = {'lxml', 'pdfminer', 'docx', 'pyarrow', 'pandas', 'numpy', 'sklearn', 'charset_normalizer'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert run.stderr.strip() == ""

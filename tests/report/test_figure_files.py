import io
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from framing.artifact import load
from framing.errors import FramingError, InputError, MissingExtraError
from framing.report.document import Figure, ReportSource
from framing.report.figure_files import write_figures
from framing.report.interval_figures import headline_figure, per_frame_figure
from framing.report.matrix_figures import confusion_figure


@pytest.fixture(scope="module")
def figures(root: Path) -> list[Figure]:
    source = ReportSource(load(root / "artifacts" / "conflict-frames"))
    drawn = [headline_figure(source), per_frame_figure(source), confusion_figure(source)]
    return [figure for figure in drawn if figure is not None]


def text_of(pdf: bytes) -> str:
    from pdfminer.high_level import extract_text

    return str(extract_text(io.BytesIO(pdf)))


def test_a_missing_extra_is_named_and_nothing_written(
    figures: list[Figure], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingExtraError, match=r"framing\[figures\]"):
        write_figures(figures, tmp_path / "figures")
    assert list(tmp_path.iterdir()) == []


def test_each_figure_is_a_drawing_and_a_page(figures: list[Figure], tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="needs the extra 'figures'")
    written = write_figures(figures, tmp_path / "new" / "figures")
    assert [path.name for path in written] == [
        f"{name}.{ending}" for name in ("headline", "per-frame", "confusion") for ending in ("svg", "pdf")
    ]
    assert {path.name for path in (tmp_path / "new" / "figures").iterdir()} == {path.name for path in written}
    for figure, svg in zip(figures, written[::2], strict=True):
        root = ET.parse(svg).getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert ET.tostring(root) == ET.tostring(ET.fromstring(figure.svg))


def test_text_stays_text_with_its_fonts_inside(figures: list[Figure], tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="needs the extra 'figures'")
    written = write_figures(figures, tmp_path)
    pdf = written[1].read_bytes()
    assert pdf.startswith(b"%PDF")
    text = text_of(pdf)
    assert figures[0].table.rows[0][2] in text
    assert "This model" in text
    assert b"/FontFile" in pdf or b"/ObjStm" in pdf
    assert b"/Subtype /Image" not in pdf


def test_the_same_figures_give_the_same_bytes(figures: list[Figure], tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="needs the extra 'figures'")
    first, second = (
        [path.read_bytes() for path in write_figures(figures, tmp_path / name)] for name in ("first", "second")
    )
    assert first == second


def test_files_are_replaced_and_others_left(figures: list[Figure], tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="needs the extra 'figures'")
    (tmp_path / "headline.svg").write_text("old", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("kept", encoding="utf-8")
    write_figures(figures[:1], tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["headline.pdf", "headline.svg", "notes.txt"]
    assert (tmp_path / "headline.svg").read_text(encoding="utf-8").startswith("<?xml")


def test_a_name_is_no_command_to_the_typesetter(figures: list[Figure], tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="needs the extra 'figures'")
    from dataclasses import replace

    hostile = replace(figures[0], title='"#read("/etc/passwd")', description="#panic() $x$ \\ `")
    pdf = write_figures([hostile], tmp_path)[1].read_bytes()
    assert "root:" not in text_of(pdf)


def test_a_folder_that_cannot_be_made(figures: list[Figure], tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="needs the extra 'figures'")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be made"):
        write_figures(figures, tmp_path / "file")
    assert issubclass(InputError, FramingError)


def test_no_figures_are_no_files(tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="needs the extra 'figures'")
    assert write_figures([], tmp_path) == []
    assert list(tmp_path.iterdir()) == []

"""Figures as files: SVG, and PDF with its text as text and its fonts inside."""

from __future__ import annotations

import os
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

from framing.errors import InputError, MissingExtraError
from framing.files import written_aside
from framing.report.document import Figure

# The first that the machine has; Typst brings none without serifs.
SANS_SERIFS = ("Noto Sans", "DejaVu Sans", "Liberation Sans", "Arial", "Helvetica", "Segoe UI")
# As wide as a page's text.
POINTS_WIDE = 460
_PAGE = f"""
#set document(title: sys.inputs.title, date: none)
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: {POINTS_WIDE}pt, alt: sys.inputs.description)
"""


def write_figures(figures: Sequence[Figure], folder: str | os.PathLike[str]) -> list[Path]:
    """Write ``NAME.svg`` and ``NAME.pdf`` of each figure.

    The same figure gives the same bytes, the PDF's where the same fonts are installed.

    Parameters
    ----------
    figures : sequence of Figure
    folder : path-like
        Made where it is missing; files of the same names are replaced.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    MissingExtraError
        When ``framing[figures]`` is not installed; nothing is written then.
    InputError
        When the folder cannot be made or written to.
    """
    folder = Path(folder)
    # All of them first: nothing is written when one fails.
    contents = [
        (folder / f"{figure.name}.{ending}", content)
        for figure, pdf in zip(figures, _pdfs(figures), strict=True)
        for ending, content in (("svg", _svg_file(figure)), ("pdf", pdf))
    ]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made: {error.strerror}", path=folder) from None
    for path, content in contents:
        with written_aside(path) as file:
            file.write(content)
    return [path for path, _ in contents]


def _svg_file(figure: Figure) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{figure.svg}\n'.encode()


def _pdfs(figures: Sequence[Figure]) -> list[bytes]:
    try:
        import typst
    except ImportError:
        raise MissingExtraError("figures", "figures as PDF files") from None
    fonts = typst.Fonts()
    known = {family.lower() for family in fonts.families()}
    family = next((name for name in SANS_SERIFS if name.lower() in known), "sans-serif")
    # Nothing is read but what is handed over: the page, and the figure as an input of it.
    compiler = typst.Compiler(font_paths=fonts)
    pdfs = []
    for figure in figures:
        root = ET.fromstring(figure.svg)  # noqa: S314  # made by this package
        root.set("font-family", family)
        # Without a size it is taken for as large as its viewBox, which is what is wanted.
        ET.register_namespace("", "http://www.w3.org/2000/svg")
        inputs = {
            "svg": ET.tostring(root, encoding="unicode"),
            "title": figure.title,
            "description": figure.description,
        }
        pdf = compiler.compile(_PAGE.encode(), format="pdf", sys_inputs=inputs)
        if not isinstance(pdf, bytes):
            raise TypeError(f"{type(pdf).__name__} of a figure that should be one page")
        pdfs.append(pdf)
    return pdfs

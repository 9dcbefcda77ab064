"""One look per frame across tables, pages and figures, by the frame's place in the codebook.

The hues are those of Okabe and Ito (Color Universal Design, 2008), which people with a colour vision deficiency can
tell apart. Their black is left out: near-black and grey are the colours of text and of the residual. Colour never
stands alone: each look has a mark and a border style too, and more frames than hues share a hue under other marks.

The text colours, tints and terminal colours are the same hues with the lightness moved until the contrast holds.
"""

from __future__ import annotations

from dataclasses import dataclass

from framing.codebook import Codebook


@dataclass(frozen=True)
class Surface:
    """What the looks are made for: a page's paper, its ink, its quieter ink for what is secondary, and its rules."""

    paper: str
    ink: str
    quiet: str
    rule: str


LIGHT = Surface(paper="#fdfdfc", ink="#1d1f23", quiet="#5a5e66", rule="#d9dbde")
DARK = Surface(paper="#16181c", ink="#e6e4df", quiet="#a6aab1", rule="#3a3d43")


@dataclass(frozen=True)
class FrameLook:
    """How a label looks; colours are ``#rrggbb``.

    Attributes
    ----------
    mark, ascii_mark : str
        One character that stands for the frame, and the one where only ASCII can be shown.
    colour : str
        The hue as published: for areas, with a mark or a name beside it.
    text_on_light, text_on_dark : str
        For text, lines and borders: at least 4.5 : 1 (WCAG 2.2, AA) on the paper and on the tint.
    tint_light, tint_dark : str
        A paragraph's background; ink and quiet ink keep 4.5 : 1 on it.
    terminal : str
        4.5 : 1 on white and on black alike, since a terminal does not tell which it is.
    border : str
        A CSS border style.
    """

    mark: str
    ascii_mark: str
    colour: str
    text_on_light: str
    text_on_dark: str
    tint_light: str
    tint_dark: str
    terminal: str
    border: str


RESIDUAL_LOOK = FrameLook(
    mark="–",
    ascii_mark="-",
    colour="#808080",
    text_on_light="#646568",
    text_on_dark="#a9abae",
    tint_light="#f1f2f4",
    tint_dark="#242629",
    terminal="#747579",
    border="dotted",
)

# Colour, text on light, text on dark, tint light, tint dark, terminal; neighbours are far apart in hue.
_HUES = (
    ("#0072b2", "#00558c", "#479ce1", "#eaf4ff", "#16293d", "#207abc"),  # blue
    ("#d55e00", "#a94701", "#f28c5a", "#ffefe8", "#35211a", "#c35303"),  # vermilion
    ("#009e73", "#007454", "#47c497", "#e0faed", "#102e23", "#008561"),  # bluish green
    ("#cc79a7", "#984a77", "#e08cba", "#ffedf6", "#381e2c", "#aa5b88"),  # reddish purple
    ("#e69f00", "#885c00", "#e0a134", "#fff0db", "#33250e", "#9d6c00"),  # orange
    ("#56b4e9", "#03759b", "#5cc6f4", "#def8ff", "#052d36", "#007ea7"),  # sky blue
    ("#f0e442", "#6e6703", "#ece46d", "#f5f4dc", "#2b290f", "#7f7700"),  # yellow
)
# Fifteen marks on seven hues: the pair of mark and hue first comes again at the 106th frame.
_MARKS = "■▲●◆▼★✚□△○◇▽☆✕◐"
_ASCII_MARKS = "#^o*v@+=AO%V&x$"
_BORDERS = ("solid", "double", "dashed")


def looks(codebook: Codebook) -> dict[str, FrameLook]:
    """Give every label of a codebook its look, in codebook order; the residual's is grey.

    A frame keeps its look for as long as it keeps its place.
    """
    frames = {frame.id: _look(place) for place, frame in enumerate(codebook.frames)}
    return frames if codebook.residual is None else frames | {codebook.residual: RESIDUAL_LOOK}


def _look(place: int) -> FrameLook:
    colour, text_on_light, text_on_dark, tint_light, tint_dark, terminal = _HUES[place % len(_HUES)]
    return FrameLook(
        mark=_MARKS[place % len(_MARKS)],
        ascii_mark=_ASCII_MARKS[place % len(_ASCII_MARKS)],
        colour=colour,
        text_on_light=text_on_light,
        text_on_dark=text_on_dark,
        tint_light=tint_light,
        tint_dark=tint_dark,
        terminal=terminal,
        border=_BORDERS[place // len(_HUES) % len(_BORDERS)],
    )

"""A figure's drawing, made fit to stand in a page: parsed, checked, and written anew."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from markupsafe import Markup

_SVG = "http://www.w3.org/2000/svg"
# What draws and what describes a drawing: nothing that runs, loads, links or brings html or styles with it.
_TEXTS = ("title", "desc", "text", "tspan")
_SHAPES = ("path", "line", "polyline", "polygon", "rect", "circle", "ellipse")
_ELEMENTS = frozenset(("svg", "g", "defs", "clipPath", "pattern", *_TEXTS, *_SHAPES))
_REFUSED = frozenset(("href", "style", "src"))
_OWN_PART = re.compile(r"url\(\s*#([^)\s]+)\s*\)")
_LISTS_OF_IDS = ("aria-labelledby", "aria-describedby")


def inline_drawing(svg: str, prefix: str) -> Markup:
    """Check a drawing and write it as html takes it.

    Ids are the page's business, since two drawings may bear the same: each is put behind a prefix, in what refers to
    it as well. What an XML parser reads as one thing and an html parser as another (comments, sections of character
    data, prefixes of names) is not written again.

    Parameters
    ----------
    svg : str
        A whole ``<svg>`` element.
    prefix : str
        Fit to begin an id, and used for one drawing of the page.

    Raises
    ------
    ValueError
        When it is no well-formed SVG, or holds what a drawing has no need of: scripts, styles, events, links, an
        outside reference, a document type.
    """
    if "<!DOCTYPE" in svg:
        raise ValueError("a drawing with a document type of its own")
    try:
        root = ElementTree.fromstring(svg)  # noqa: S314 - without a document type there are no entities to expand
    except ElementTree.ParseError as error:
        raise ValueError(f"a drawing that is no XML: {error}") from None
    if root.tag != f"{{{_SVG}}}svg":
        raise ValueError("a drawing that is no svg element")
    for element in root.iter():
        _check(element)
        element.tag = element.tag.removeprefix(f"{{{_SVG}}}")
        _rename(element, prefix)
    root.set("xmlns", _SVG)
    root.tail = None
    return Markup(ElementTree.tostring(root, encoding="unicode", short_empty_elements=False))  # noqa: S704 - checked


def _check(element: ElementTree.Element) -> None:
    space, _, name = element.tag.rpartition("}")
    if space != f"{{{_SVG}" or name not in _ELEMENTS:
        raise ValueError(f"a drawing with the element {element.tag!r}")
    for key, value in element.items():
        if key.lower().startswith("on") or key.lower() in _REFUSED or not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", key):
            raise ValueError(f"a drawing with the attribute {key!r}")
        if "url(" in _OWN_PART.sub("", value).lower():
            raise ValueError(f"a drawing that refers to {value!r}")


def _rename(element: ElementTree.Element, prefix: str) -> None:
    for key, value in element.items():
        if key == "id":
            element.set(key, f"{prefix}{value}")
        elif key in _LISTS_OF_IDS:
            element.set(key, " ".join(f"{prefix}{part}" for part in value.split()))
        else:
            element.set(key, _OWN_PART.sub(lambda found: f"url(#{prefix}{found[1]})", value))

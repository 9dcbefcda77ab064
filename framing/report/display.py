"""Untrusted text and figures made fit to be shown, on a page or in a terminal."""

from __future__ import annotations

import re

# What drives a terminal, what no UTF-8 holds, and what html does not allow: replaced, so that one sees it was there.
# Tab and the line ends are not among them; they are blanks.
_NOT_SHOWN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufff9-\ufffb\ufffe\uffff]")
# Embeddings, overrides and isolates turn round the text after them, beyond the paragraph they stand in. Right-to-left
# text reads well without them.
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def shown(text: str) -> str:
    """Put a text on one line, with single blanks, and without characters that act on what shows it."""
    text = _NOT_SHOWN.sub("\N{REPLACEMENT CHARACTER}", _BIDI_CONTROLS.sub("", text))
    return " ".join(text.split())


def percent(share: float) -> str:
    """Write a share as a whole percentage that says 0% and 100% only where they are meant."""
    whole = round(100 * share)
    if whole == 0 and share > 0:
        return "<1%"
    if whole == 100 and share < 1:
        return ">99%"
    return f"{whole}%"

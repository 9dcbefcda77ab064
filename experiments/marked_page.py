"""Pages of which a script writes parts, each between two marks."""

from __future__ import annotations


def between(text: str, mark: str, content: str) -> str:
    """Put content between two marks of a page.

    Raises
    ------
    ValueError
        When the page has not both.
    """
    begin, end = f"<!-- {mark} -->", f"<!-- end of {mark} -->"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"the page has no '{begin}' with an '{end}' behind it")
    return f"{before}{begin}\n{content}\n{end}{after}"

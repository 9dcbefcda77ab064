"""Command lines that are read without typer, which takes longer to start than a short article to be classified.

Only what cannot be misread is read here. Help, an option written in another way and every mistake are left to typer,
so that there is one place that explains them; what is read here means the same there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any


def plain_arguments(
    words: Sequence[str], options: Mapping[str, tuple[str, Callable[[str], Any]]]
) -> dict[str, Any] | None:
    """Read the words after a command that takes inputs and options.

    Parameters
    ----------
    words : sequence of str
    options : mapping of str to (str, callable)
        For each option as it is written, the parameter that it sets, and what turns a word into its value, with a
        ValueError where it is none.

    Returns
    -------
    dict or None
        The parameters that were given, ``inputs`` among them; None where that is for typer to say.
    """
    inputs: list[str] = []
    given: dict[str, Any] = {}
    left = iter(words)
    for word in left:
        if word == "-" or not word.startswith("-"):
            inputs.append(word)
            continue
        value = next(left, "-")
        name, read = options.get(word, ("", str))
        if not name or name in given or value.startswith("-"):
            return None
        try:
            given[name] = read(value)
        except ValueError:
            return None
    return {"inputs": inputs, **given} if inputs else None

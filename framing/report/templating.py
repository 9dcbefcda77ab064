"""The one way to the templates of pages: everything escaped, and nothing that is missing passed over."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment


@cache
def environment(finalize: Callable[[Any], Any] | None = None) -> Environment:
    """Give the templates of this package.

    Parameters
    ----------
    finalize : callable, optional
        What becomes of each value before it is escaped.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("framing.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=finalize,
    )

"""Objects of JSON in other programs' files, read strictly and told apart from what is none; and written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from framing.errors import InputError
from framing.text.encoding import byte_order

# Legal inside a JSON string, yet some readers break the line at them, and some terminals obey them.
_ESCAPED_IN_JSON = re.compile("[\x7f-\x9f\u2028\u2029]")


def as_utf8(content: bytes) -> bytes:
    """Return text whose byte order mark names its encoding as UTF-8 without a mark; other bytes as they are.

    Raises
    ------
    InputError
        When it is not in that encoding.
    """
    mark = byte_order(content)
    if mark is None:
        return content
    try:
        return content.decode(mark).encode()
    except UnicodeDecodeError:
        raise InputError("is not the text that its first bytes promise; save it as UTF-8") from None


def json_value(content: str | bytes) -> Any:
    """Read JSON strictly.

    Raises
    ------
    ValueError
        When it is none; its words say why in one line.
    """
    try:
        return json.loads(content, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8 text; save the file as UTF-8") from None
    except ValueError as error:
        raise ValueError(f"is not valid JSON ({error})") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def json_line(value: Mapping[str, Any]) -> bytes:
    """Write an object as one line that no reader breaks."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _ESCAPED_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode() + b"\n"


def read_objects(content: bytes) -> Iterator[tuple[str, dict[str, Any] | None, str | None]]:
    """Yield of each line of JSON Lines its place, and its object or what is wrong with it; empty lines are none.

    Raises
    ------
    InputError
        When it is no text, or one JSON array that is damaged; an array is read like lines.
    """
    content = as_utf8(content)
    if content.lstrip()[:1] == b"[":
        try:
            values = json_value(content)
        except ValueError as error:
            raise InputError(str(error)) from None
        yield from (_object(f"record {number}", value) for number, value in enumerate(values, start=1))
        return
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line.strip():
            try:
                yield _object(f"line {number}", json_value(line))
            except ValueError as error:
                yield f"line {number}", None, str(error)


def _object(place: str, value: Any) -> tuple[str, dict[str, Any] | None, str | None]:
    return (place, value, None) if isinstance(value, dict) else (place, None, "is not a JSON object {...}")

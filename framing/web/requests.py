"""What the page may ask for, read from untrusted JSON."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from framing.annotation.records import SetAside
from framing.codebook import Codebook

_REQUEST = re.compile(r"[A-Za-z0-9-]{8,64}")
_LONGEST_NOTE = 10_000
_KEYS = {"request", "paragraph", "frame", "sure", "runner_up", "note", "set_aside"}
_SET_ASIDE: tuple[SetAside, ...] = ("skipped", "flagged")


class BadRequestError(Exception):
    """A request that says nothing that can be done."""


class ConflictError(Exception):
    """A request that cannot be done as things stand."""


@dataclass(frozen=True)
class Judgement:
    """What a coder says of a paragraph.

    Attributes
    ----------
    request : str
        What the page calls this key press; asking again by the same name writes no second line.
    """

    request: str
    paragraph: str
    frame: str | None
    sure: bool
    runner_up: str | None
    note: str | None
    set_aside: SetAside | None


def read_object(body: bytes) -> dict[str, Any]:
    """Read a body that must be a JSON object.

    Raises
    ------
    BadRequestError
        When it is none.
    """
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
        # Half a character passes as JSON, but no file could hold it.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise BadRequestError("the body is not valid JSON in UTF-8") from None
    if not isinstance(value, dict):
        raise BadRequestError("the body is not a JSON object")
    return value


def read_judgement(value: dict[str, Any], codebook: Codebook) -> Judgement:
    """Read a judgement from a request's object.

    Raises
    ------
    BadRequestError
        At the first value that is missing, unknown, of the wrong type, or at odds with another.
    """
    _refuse_unknown(value, _KEYS)
    frame, runner_up, set_aside = _label(value, "frame", codebook), _label(value, "runner_up", codebook), _aside(value)
    if "frame" not in value:
        raise BadRequestError("'frame' is missing; null goes with 'set_aside'")
    if frame is None and set_aside is None:
        raise BadRequestError("'frame' is null, which goes with 'set_aside' alone")
    if frame is not None and set_aside == "skipped":
        raise BadRequestError("what is skipped has no 'frame'")
    if runner_up is not None and (frame is None or frame == runner_up):
        raise BadRequestError("'runner_up' goes with a 'frame', and is another one")
    sure = value.get("sure", True)
    if not isinstance(sure, bool):
        raise BadRequestError("'sure' must be true or false")
    if sure and runner_up is not None:
        raise BadRequestError("'runner_up' goes with 'sure' false")
    return Judgement(read_request(value), _text(value, "paragraph"), frame, sure, runner_up, _note(value), set_aside)


def read_request(value: dict[str, Any], *, alone: bool = False) -> str:
    """Read the name that the page gives to a request.

    Raises
    ------
    BadRequestError
        When it is missing or is none; with ``alone``, when there is anything else.
    """
    if alone:
        _refuse_unknown(value, {"request"})
    request = _text(value, "request")
    if not _REQUEST.fullmatch(request):
        raise BadRequestError("'request' must be 8 to 64 letters, digits and hyphens")
    return request


def _refuse_unknown(value: dict[str, Any], known: set[str]) -> None:
    if unknown := sorted(value.keys() - known):
        raise BadRequestError(f"there is no {unknown[0][:40]!r}; known: {', '.join(sorted(known))}")


def _text(value: dict[str, Any], key: str) -> str:
    text = value.get(key)
    if not isinstance(text, str) or not text:
        raise BadRequestError(f"'{key}' must be text")
    return text


def _label(value: dict[str, Any], key: str, codebook: Codebook) -> str | None:
    label = value.get(key)
    if label is None:
        return None
    if not isinstance(label, str) or label not in codebook.index:
        raise BadRequestError(f"'{key}' must be one of {', '.join(codebook.labels)}, or null")
    return label


def _aside(value: dict[str, Any]) -> SetAside | None:
    given = value.get("set_aside")
    if given is None:
        return None
    for known in _SET_ASIDE:
        if given == known:
            return known
    raise BadRequestError(f"'set_aside' must be {' or '.join(_SET_ASIDE)}, or null")


def _note(value: dict[str, Any]) -> str | None:
    note = value.get("note")
    if note is None:
        return None
    if not isinstance(note, str) or len(note) > _LONGEST_NOTE:
        raise BadRequestError(f"'note' must be text of at most {_LONGEST_NOTE:,} characters, or null")
    return note.strip() or None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")

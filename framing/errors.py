"""What can go wrong by no fault of the program, as a tree.

::

    FramingError
     ├── UsageError          options that do not go together
     ├── InputError          an article, table or document that cannot be read
     ├── SettingsError       an experiment file that is not one
     ├── CodebookError       a codebook that is not one, or not the expected one
     ├── LabelError          a labels folder that cannot be trained on
     ├── EvaluationError     data on which an honest figure cannot be had
     ├── ArtifactError       a model folder that is damaged, too new, or for other frames
     └── MissingExtraError   an optional dependency that is not installed

The command line shows a FramingError as one line. Anything else is a bug and shows a traceback.
"""

from __future__ import annotations

import os


class FramingError(Exception):
    """An error that its reader can mend.

    Parameters
    ----------
    message : str
        What is wrong and what to do, in one line.
    path : path-like or str, optional
        The file at fault.
    line : int, optional
        The line at fault, counted from 1.
    """

    def __init__(self, message: str, *, path: str | os.PathLike[str] | None = None, line: int | None = None):
        super().__init__(message)
        self.message = message
        self.path = None if path is None else os.fspath(path)
        self.line = line

    def __str__(self) -> str:
        if self.path is None:
            return self.message
        return f"{self.path}{'' if self.line is None else f':{self.line}'}: {self.message}"


class UsageError(FramingError):
    pass


class InputError(FramingError):
    """What was given to be read cannot be read, or a row of it.

    Parameters
    ----------
    message : str
    path : path-like or str, optional
    line : int, optional
    row : int, optional
        The row at fault, counted from 1; the message names it where the table has no lines.
    content : str, optional
        The row as it was found, or as much of it as is kept.
    """

    def __init__(
        self,
        message: str,
        *,
        path: str | os.PathLike[str] | None = None,
        line: int | None = None,
        row: int | None = None,
        content: str | None = None,
    ):
        super().__init__(message, path=path, line=line)
        self.row = row
        self.content = content


class SettingsError(FramingError):
    pass


class CodebookError(FramingError):
    pass


class LabelError(FramingError):
    pass


class EvaluationError(FramingError):
    pass


class ArtifactError(FramingError):
    pass


class MissingExtraError(FramingError):
    """An optional dependency is missing; the message says which extra brings it."""

    def __init__(self, extra: str, purpose: str, *, path: str | os.PathLike[str] | None = None):
        install = f"pip install 'framing[{extra}]', or in a clone '.[{extra}]'"
        super().__init__(f"{purpose} needs the extra '{extra}': {install}", path=path)
        self.extra = extra

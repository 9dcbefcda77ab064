"""Which of the model's suggestions a coder has seen: kept beside the coder's file, since having seen does not wear off.

A coder may look at a suggestion, stop, and label in another run; the label was given with the suggestion known all the
same, and says so.
"""

from __future__ import annotations

from pathlib import Path

from framing.annotation.appending import append_lines, locked
from framing.annotation.json_lines import read_json_lines


class ShownSuggestions:
    """The suggestions that were shown to a coder.

    Parameters
    ----------
    coder_file : Path
        The coder's file; what was shown stands in a hidden file beside it.
    """

    def __init__(self, coder_file: Path):
        self._path = coder_file.with_name(f".{coder_file.stem}.shown.jsonl")
        self._frames: dict[str, str] = {}
        if self._path.exists():
            for line in read_json_lines(self._path):
                paragraph, frame = line.value.get("paragraph"), line.value.get("frame")
                if isinstance(paragraph, str) and isinstance(frame, str):
                    self._frames[paragraph] = frame

    def of(self, paragraph: str) -> str | None:
        return self._frames.get(paragraph)

    def add(self, paragraph: str, frame: str) -> None:
        """Record that a suggestion is about to be shown.

        Raises
        ------
        LabelError
            When it cannot be written.
        """
        if self._frames.get(paragraph) != frame:
            with locked(self._path):
                append_lines(self._path, [{"paragraph": paragraph, "frame": frame}])
            self._frames[paragraph] = frame

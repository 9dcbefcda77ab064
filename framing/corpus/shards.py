"""The files of a corpus: which are read, and what is written of each."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from framing.errors import FramingError, InputError, UsageError

FORMATS = ("jsonl", "csv", "parquet")
# What a run keeps beside its results, in their folder.
HOME = ".framing"
RUN = "run.json"
SET_ASIDE = "set-aside"

_KIND_OF_SUFFIX = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl.gz": "jsonl",
    ".ndjson.gz": "jsonl",
    ".csv.gz": "csv",
    ".tsv.gz": "csv",
    ".parquet": "parquet",
}
_PACKED = ".gz"
_WILDCARD = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Shard:
    """A file of rows that is classified as a whole.

    Attributes
    ----------
    path : str
        Absolute.
    name : str
        Its place in the corpus, with '/' between folders.
    kind : str
        'jsonl', 'csv' or 'parquet'.
    size : int
        Bytes.
    mtime_ns : int
        When it was last changed.
    """

    path: str
    name: str
    kind: str
    size: int
    mtime_ns: int

    @property
    def packed(self) -> bool:
        """Whether it is packed by gzip."""
        return self.path.lower().endswith(_PACKED)


def output_name(name: str, format_: str) -> str:
    """Name what is written of a shard: the same place, with the suffix of the format."""
    return f"{name[: len(name) - len(_suffix(name))]}.{format_}"


def set_aside_name(name: str) -> str:
    """Name the file for those rows of a shard that cannot be read."""
    return f"{SET_ASIDE}/{name}.jsonl"


def find_shards(
    sources: Sequence[str],
    output: str | os.PathLike[str],
    *,
    on_error: Callable[[FramingError], None],
    on_skip: Callable[[str], None],
) -> list[Shard]:
    """Find the jsonl, csv and parquet files of a corpus; jsonl and csv also packed by gzip.

    Below a folder, hidden files and folders, links to folders and the results of other runs are left out; nothing in
    the output folder is ever read.

    Parameters
    ----------
    sources : sequence of str
        Folders, files, or patterns with '*', '?', '[…]' and '**'. The shards are named from the folder that all of
        them lie in.
    output : path-like
    on_error : callable
        Takes the FramingError of a source that is not there, or a folder that cannot be read.
    on_skip : callable
        Takes the path of each file that is of no known kind, and of each folder with the results of another run.

    Returns
    -------
    list of Shard
        In the order of their names.

    Raises
    ------
    UsageError
        When a source lies in the output folder, or a pattern is none.
    InputError
        When there is no shard at all.
    """
    kept_out = Path(os.path.realpath(output))
    places = [(source, *_place(source)) for source in sources]
    for source, base, _ in places:
        if base.is_relative_to(kept_out):
            raise UsageError("lies in the output folder; name another output", path=source)
    if not places:
        raise UsageError("no input is named; name a folder with jsonl, csv or parquet files")
    root = _common([base for _, base, _ in places])
    found: dict[str, Shard] = {}
    for source, base, pattern in places:
        for path in _files(source, base, pattern, kept_out, on_error=on_error, on_skip=on_skip):
            if _suffix(path.name) not in _KIND_OF_SUFFIX:
                on_skip(shown(path))
                continue
            try:
                found[str(path)] = _shard(path, root)
            except OSError as error:
                on_error(InputError(f"cannot be read: {error.strerror}", path=shown(path)))
    if not found:
        raise InputError(f"no jsonl, csv or parquet file was found in {', '.join(sources)}")
    return sorted(found.values(), key=lambda shard: shard.name)


def check_outputs(shards: Sequence[Shard], format_: str) -> None:
    """Make sure that no two shards would be written to one file.

    Raises
    ------
    UsageError
        When two would; names both.
    """
    owners: dict[str, Shard] = {}
    for shard in shards:
        for name in (output_name(shard.name, format_), set_aside_name(shard.name)):
            other = owners.setdefault(name, shard)
            if other is not shard:
                both = f"{shown(other.path)} and {shown(shard.path)}"
                raise UsageError(f"{both} would both be written to {shown(name)}; rename one of them")


def _suffix(name: str) -> str:
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 - a name, maybe of no file
    if suffix.lower() == _PACKED:
        return os.path.splitext(stem)[1].lower() + _PACKED  # noqa: PTH122
    return suffix.lower()


def _place(source: str) -> tuple[Path, str | None]:
    """Cut a source into the folder that it begins from, and what is wanted there: all, a file, or a pattern."""
    path = Path(source)
    try:
        if path.is_dir():
            return Path(os.path.realpath(path)), None
        if path.exists() or not _WILDCARD.search(source):
            return Path(os.path.realpath(path.parent)), path.name
    except (OSError, ValueError):
        return Path.cwd(), source
    fixed = next(number for number, part in enumerate(path.parts) if _WILDCARD.search(part))
    if ".." in path.parts[fixed:]:
        raise UsageError("leads back out of what it matches; name a folder in its place", path=source)
    return Path(os.path.realpath(Path(*path.parts[:fixed]))), str(Path(*path.parts[fixed:]))


def _common(folders: Sequence[Path]) -> Path:
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:
        raise UsageError("the inputs have no folder in common; classify them one after another") from None


def _files(
    source: str,
    base: Path,
    pattern: str | None,
    kept_out: Path,
    *,
    on_error: Callable[[FramingError], None],
    on_skip: Callable[[str], None],
) -> Iterator[Path]:
    if pattern is None:
        yield from _files_below(base, kept_out, on_error, on_skip)
        return
    matched = False
    try:
        if (base / pattern).is_file():
            yield base / pattern
            return
        for path in base.glob(pattern):
            hidden = any(part.startswith(".") for part in path.relative_to(base).parts)
            if not hidden and not path.is_relative_to(kept_out) and path.is_file():
                matched = True
                yield path
    except (ValueError, NotImplementedError) as error:
        raise UsageError(f"is no pattern that can be used: {error}", path=source) from None
    except OSError as error:
        on_error(InputError(f"cannot be read: {error.strerror}", path=source))
        return
    if not matched:
        missing = "matches no file" if _WILDCARD.search(pattern) else "there is no such file or folder"
        on_error(InputError(missing, path=source))


def _files_below(
    folder: Path, kept_out: Path, on_error: Callable[[FramingError], None], on_skip: Callable[[str], None]
) -> Iterator[Path]:
    def unreadable(error: OSError) -> None:
        on_error(InputError(f"cannot be read: {error.strerror}", path=shown(error.filename)))

    for place, folders, files in os.walk(folder, onerror=unreadable):
        here = Path(place)
        if here == kept_out:
            folders.clear()
        elif (here / HOME / RUN).is_file():
            folders.clear()
            on_skip(shown(here))
        else:
            folders[:] = [name for name in folders if not name.startswith(".")]
            yield from (here / name for name in sorted(files) if not name.startswith(".") and (here / name).is_file())


def _shard(path: Path, root: Path) -> Shard:
    facts = path.stat()
    name = path.relative_to(root).as_posix()
    return Shard(str(path), name, _KIND_OF_SUFFIX[_suffix(path.name)], facts.st_size, facts.st_mtime_ns)


def shown(path: str | os.PathLike[str]) -> str:
    # A name that is no UTF-8 could not be printed.
    return os.fsencode(path).decode("utf-8", "replace")

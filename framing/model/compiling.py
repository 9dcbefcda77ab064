"""What is compiled, once for all processes where that can be kept on disk."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from framing.errors import MissingExtraError

# A process that compiles holds the lock for some seconds.
LONGEST_WAIT = 120.0
LOCK, STAMP = "framing-kernel.lock", "framing-kernel.sources"


class Kernel(NamedTuple):
    """The functions of `framing.model.kernel` and its tables, compiled."""

    enter_words: Callable[..., None]
    enter_pairs: Callable[..., None]
    scan_texts: Callable[..., int]


@cache
def compiled_kernel() -> Kernel:
    """Return the compiled functions, the same for all who ask.

    Raises
    ------
    MissingExtraError
        When numba is not installed, or told not to compile.
    """
    try:
        import numba

        from framing.model import kernel, kernel_cutting, kernel_fetching, kernel_finding
    except ImportError:
        raise MissingExtraError("fast", "the compiled scorer") from None
    settings: Any = numba.config
    if settings.DISABLE_JIT:
        raise MissingExtraError("fast", "the compiled scorer (which NUMBA_DISABLE_JIT forbids)")
    modules = kernel, kernel_cutting, kernel_fetching, kernel_finding
    sources = b"".join(Path(inspect.getfile(module)).read_bytes() for module in modules)
    functions = kernel_finding.enter_words, kernel_finding.enter_pairs, kernel.scan_texts
    return Kernel(*(Compiled(function, sha256(sources).hexdigest()) for function in functions))


class Compiled:
    """A function that is compiled when it is called for the first time.

    Parameters
    ----------
    function : callable
        That numba can compile, always called with arguments of the same types.
    sources : str
        A digest of all that it is compiled from.
    """

    def __init__(self, function: Callable[..., Any], sources: str) -> None:
        self._function, self._sources = function, sources
        self._compiled: Callable[..., Any] | None = None

    def __call__(self, *arguments: Any) -> Any:
        if self._compiled is None:
            self._compiled, result = self._first(*arguments)
            return result
        return self._compiled(*arguments)

    def _first(self, *arguments: Any) -> tuple[Callable[..., Any], Any]:
        """Compile the function, or read it from the disk where it was compiled before, and call it once."""
        from numba import njit

        here = njit(nogil=True, error_model="numpy")(self._function)
        try:
            kept = njit(nogil=True, error_model="numpy", cache=True)(self._function)
        except RuntimeError:
            # There is no folder to keep it in.
            return here, here(*arguments)
        assert kept.stats.cache_path is not None
        folder = Path(kept.stats.cache_path)
        with _alone(folder):
            try:
                _forget_others(folder, self._sources)
                return kept, kept(*arguments)
            except Exception:  # noqa: BLE001
                # A file that is kept may hold anything, and a disk be full; compiled here it needs neither. Where it
                # was compiled and could not be kept, it is there.
                compiled = kept if kept.overloads else here
                return compiled, compiled(*arguments)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait for other processes that compile, so that one compiles for all.

    Nor does any read what another has half replaced: numba writes the list of what is kept before the thing itself.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK, timeout=LONGEST_WAIT)
    try:
        lock.acquire()
    except (OSError, NotImplementedError, Timeout):
        # A disk that knows no locks: numba replaces whole files, so that nothing is read half.
        yield
        return
    try:
        yield
    finally:
        lock.release()


def _forget_others(folder: Path, sources: str) -> None:
    """Forget what was compiled from other sources: numba itself looks at one file, and not at what that file uses."""
    stamp = folder / STAMP
    if not stamp.exists() or stamp.read_text() != sources:
        for listed in folder.glob("kernel*.nbi"):
            listed.unlink()
        stamp.write_text(sources)

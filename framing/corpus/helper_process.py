"""Another process of this machine that does one piece of work after another."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, Generic

from framing.corpus.work import Item, Outcome, with_traceback

# There are as many helpers as there shall be busy cores: threads within one would only wait for one another.
_ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "BLIS_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
        "NUMEXPR_NUM_THREADS",
        "NUMBA_NUM_THREADS",
    ),
    "1",
)


class HelperLostError(Exception):
    """A helper ended before it had an outcome.

    Attributes
    ----------
    signal : str or None
        The name of the signal that ended it; None where it ended by itself.
    exit_code : int
    """

    def __init__(self, exit_code: int):
        self.signal = signal.Signals(-exit_code).name if -exit_code in set(signal.Signals) else None
        self.exit_code = exit_code
        super().__init__(self.signal or f"exit code {exit_code}")


class HelperProcess(Generic[Item, Outcome]):
    """A process that works on the items it is given, one at a time.

    It starts without a copy of this process's memory and without running its main module again (loky), never answers
    to Ctrl-C, and ends at once when this process does, however that ends.

    Parameters
    ----------
    work : callable
        Sent once; what it keeps on itself stays in the helper from item to item.
    """

    def __init__(self, work: Callable[[Item], Outcome]):
        from joblib.externals.loky.backend import get_context
        from joblib.externals.loky.backend.reduction import dumps

        sent = bytes(dumps(work))
        context = get_context("loky")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), env=_ONE_THREAD, daemon=True)
        try:
            with _interrupts_held():
                self._process.start()
        finally:
            theirs.close()
        self._send(sent)

    def give(self, item: Item) -> None:
        self._send(pickle.dumps(item))

    def take(self) -> Outcome:
        """Wait for the outcome of the item.

        Raises
        ------
        HelperLostError
            When the helper was killed or ended by itself.
        Exception
            What the work raised, with a note of where; RuntimeError where that cannot be sent.
        """
        try:
            done, outcome = self.connection.recv()
        except (EOFError, OSError):
            self._process.join()
            raise HelperLostError(self._process.exitcode or 0) from None
        if not done:
            raise outcome
        result: Outcome = outcome
        return result

    def end(self) -> None:
        self.connection.close()
        self._process.terminate()
        self._process.join()

    def _send(self, data: bytes) -> None:
        # A helper that is lost is found out when its outcome is taken.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.connection.send_bytes(data)


@dataclass(frozen=True)
class _Received:
    content: Any = None
    error: Exception | None = None

    def get(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.content


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold back Ctrl-C: it goes to every process of a terminal, and one that just starts would die of it, aloud."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(connection: Connection[Any, Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    received: SimpleQueue[_Received] = SimpleQueue()
    threading.Thread(target=_receive, args=(connection, received), daemon=True).start()
    work = received.get()
    while True:
        connection.send_bytes(_answer(work, received.get()))


def _receive(connection: Connection[Any, Any], received: SimpleQueue[_Received]) -> None:
    # Waits at the pipe also while there is work, so that the end of the other process is the end of this one.
    while True:
        try:
            received.put(_Received(connection.recv()))
        except (EOFError, OSError):
            os._exit(0)
        except Exception as error:  # noqa: BLE001 - whatever an item has against being read
            received.put(_Received(error=error))


def _answer(work: _Received, item: _Received) -> bytes:
    try:
        return pickle.dumps((True, work.get()(item.get())))
    except Exception as error:  # noqa: BLE001 - raised where it is waited for
        noted = with_traceback(error, "In a process of its own")
    try:
        answer = pickle.dumps((False, noted))
        pickle.loads(answer)  # noqa: S301 - made here
    except Exception:  # noqa: BLE001 - some exceptions cannot be made anew of their arguments
        return pickle.dumps((False, RuntimeError("\n".join([repr(noted), *noted.__notes__]))))
    return answer

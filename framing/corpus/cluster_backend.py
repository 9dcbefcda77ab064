"""joblib's Dask backend, made to lose nothing. Imports distributed; imported only where a cluster is used."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from typing import Any
from uuid import uuid4

from distributed import Client, Future
from distributed.scheduler import KilledWorker
from joblib._dask import DaskDistributedBackend

from framing.corpus.work import LostWork, with_traceback
from framing.errors import FramingError


class ClusterBackend(DaskDistributedBackend):  # type: ignore[misc]  # joblib has no types
    """One task for each item of work.

    joblib's own never hears of a task that the scheduler gives up because its workers died, and waits for it for ever;
    does the work of a cluster with a single thread in this process; and opens a client in each worker, for nested
    parallel loops, which there are none of here.

    Parameters
    ----------
    client : Client
    address : str
        Of its scheduler.
    retries : int
        How often an item is tried again whose work raised an exception.
    patience : float
        For how many seconds there may be no worker at all.
    """

    def __init__(self, client: Client, address: str, retries: int, patience: float):
        super().__init__(client=client)
        self._address = address
        self._retries = retries
        self._patience = patience
        # Tasks named alike but for a number are a group, of which the scheduler holds back what workers have no
        # thread for. Handed out at once, all would be held to account for the death of the worker they wait at.
        self._name = f"framing-{uuid4().hex}"
        self._waited_for: dict[int, Callable[[Any], object]] = {}
        self._ended = threading.Event()

    def effective_n_jobs(self, n_jobs: int) -> int:  # noqa: ARG002 - all threads of the cluster, whatever is asked for
        threads: int = sum(self.client.ncores().values())
        # With 1, joblib would work here.
        return max(2, threads)

    def start_call(self) -> None:
        threading.Thread(target=self._watch, name="framing-cluster-watch", daemon=True).start()

    def stop_call(self) -> None:
        self._ended.set()

    def submit(self, func: Any, callback: Callable[[Any], object]) -> Future[Any]:
        [(work_on, (work, number, item), _)] = func.items
        key = (self._name, number)
        future: Future[Any] = self.client.submit(
            work_on, work, number, item, key=key, retries=self._retries, pure=False
        )
        self._waited_for[number] = callback
        self.client.loop.add_callback(self._follow, number, future)
        return future

    def retrieve_result_callback(self, out: list[tuple[int, Any]] | Exception) -> list[tuple[int, Any]]:
        if isinstance(out, Exception):
            raise out
        return out

    def abort_everything(self, ensure_ready: bool = True) -> None:  # noqa: ARG002, FBT001 - joblib's
        # With the client, which is closed then, its tasks go.
        self._waited_for.clear()

    async def _follow(self, number: int, future: Future[Any]) -> None:
        """Tell joblib what comes of a task.

        It waits here and not within joblib's callback, which holds a lock: what a worker that died had done but not yet
        handed over takes until another has done it, or for ever where there is no other.
        """
        out: list[tuple[int, Any]] | Exception
        try:
            out = [await future]
        except KilledWorker as killed:
            out = [(number, LostWork(f"{killed.allowed_failures + 1} workers were lost"))]
        except CancelledError:
            out = FramingError(
                f"the scheduler at {self._address} is gone or has given up the work; start the same command again when "
                "it is back: what is done is kept"
            )
        except Exception as error:  # noqa: BLE001 - raised where it is waited for
            out = error
        callback = self._waited_for.pop(number, None)
        if callback is not None:
            callback(out)

    def _watch(self) -> None:
        """End a call that no worker is left for: its tasks would wait for ever for one to come."""
        last_seen = time.monotonic()
        while not self._ended.wait(min(2.0, self._patience / 4)):
            if self._has_workers():
                last_seen = time.monotonic()
            elif time.monotonic() - last_seen > self._patience and self._waited_for:
                _, callback = self._waited_for.popitem()
                callback(
                    FramingError(
                        f"the scheduler at {self._address} has had no worker for "
                        f"{self._patience:.0f} seconds; start the same command again when it has some: what is done "
                        "is kept"
                    )
                )

    def _has_workers(self) -> bool:
        try:
            return bool(self.client.scheduler_info()["workers"])
        except Exception:  # noqa: BLE001 - a scheduler that is gone is told of by the tasks that go with it
            return True


def work_on(work: Callable[[Any], Any], number: int, item: Any) -> tuple[int, Any]:
    """Work on an item in a worker."""
    try:
        return number, work(item)
    except Exception as error:  # noqa: BLE001 - raised again
        # joblib drops the traceback.
        raise with_traceback(error, "In a worker of the cluster") from None

"""Work on a Dask cluster, by joblib."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from framing.corpus.cluster_checks import Needs, check_workers
from framing.corpus.work import Item, LostWork, Outcome, Outcomes
from framing.errors import MissingExtraError, UsageError

if TYPE_CHECKING:
    from distributed import Client

    from framing.corpus.cluster_backend import ClusterBackend

# Seconds. A scheduler that runs answers at once; workers that were started with it may take a moment.
_PATIENCE = 10
# So many items are known to the scheduler at a time, small as they are, that a cluster which grows has some at hand.
_AT_HAND = 256


def on_cluster(
    work: Callable[[Item], Outcome],
    items: Iterable[Item],
    address: str,
    retries: int = 3,
    *,
    needs: Needs | None = None,
    patience: float = 300.0,
) -> Outcomes[Item, Outcome]:
    """Work on items on an existing Dask cluster, through joblib.

    An item whose worker is lost is worked on again by another; the scheduler gives it up when so many were lost as its
    setting ``allowed-failures`` says (four). Some of these may have been lost through another item on the same worker,
    so that it is then tried again as often with nothing beside it, when all others are done.

    Parameters
    ----------
    work : callable
        Sent with each item: small, and what it keeps is lost. See `OncePerProcess`.
    items : iterable
        Small, and taken some hundreds ahead, in another thread.
    address : str
        Of the scheduler, such as 'tcp://10.0.0.5:8786'.
    retries : int
        How often an item is tried again whose work raised an exception, before that is raised here.
    needs : Needs, optional
        What every worker has to have at hand.
    patience : float
        For how many seconds there may be no worker at all in the midst of the work.

    Yields
    ------
    tuple of (item, outcome or LostWork)

    Raises
    ------
    MissingExtraError
        When the extra 'cluster' is not installed.
    UsageError
        When there is no scheduler at the address, or it has no workers, or one of them lacks what it needs.
    FramingError
        When the scheduler goes away in the midst, or no worker is left.
    """
    with _connected(address) as client:
        from framing.corpus.cluster_backend import ClusterBackend

        check_workers(client, address, needs)
        given_up: list[Item] = []
        backend = partial(ClusterBackend, client, address, retries, patience)
        for item, outcome in _through_joblib(client, backend(), work, items):
            if isinstance(outcome, LostWork):
                given_up.append(item)
            else:
                yield item, outcome
        for item in given_up:
            for _, outcome in _through_joblib(client, backend(), work, [item]):
                if isinstance(outcome, LostWork):
                    more = "with nothing beside it; it may need more memory than a worker has"
                    yield item, LostWork(f"{outcome.reason} while they worked on it {more}")
                else:
                    yield item, outcome


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    try:
        import distributed  # noqa: F401 - which sets the levels of its loggers
    except ImportError:
        raise MissingExtraError("cluster", "working on a cluster") from None
    with _silenced("distributed", "distributed.client"), _client(address) as client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError:
            raise UsageError(
                f"the scheduler at {address} has no workers; start some with 'dask worker {address} --nthreads 1'"
            ) from None
        yield client


@contextmanager
def _client(address: str) -> Iterator[Client]:
    from distributed import Client

    try:
        client = Client(address, timeout=_PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError, TypeError):
        raise UsageError(
            f"no Dask scheduler answers at {address}; start 'dask scheduler' and name the address it shows"
        ) from None
    try:
        yield client
    finally:
        client.close()  # type: ignore[no-untyped-call]


@contextmanager
def _silenced(*names: str) -> Iterator[None]:
    """Keep from the terminal what a library logs: what it means for the work is told, and a traceback helps nobody."""
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _through_joblib(
    client: Client, backend: ClusterBackend, work: Callable[[Item], Outcome], items: Iterable[Item]
) -> Outcomes[Item, Outcome]:
    from joblib import Parallel, delayed

    from framing.corpus.cluster_backend import work_on

    given: dict[int, Item] = {}

    def calls() -> Iterator[Any]:
        for number, item in enumerate(items):
            given[number] = item
            yield delayed(work_on)(work, number, item)

    threads = sum(client.ncores().values())  # type: ignore[no-untyped-call]
    parallel = Parallel(
        n_jobs=-1,
        backend=backend,
        return_as="generator_unordered",
        batch_size=1,
        pre_dispatch=max(_AT_HAND, 4 * threads),
    )
    outcomes = parallel(calls())
    try:
        for number, outcome in outcomes:
            yield given.pop(number), outcome
    finally:
        with warnings.catch_warnings():
            # That what was not waited for is cancelled, as it should be.
            warnings.simplefilter("ignore", UserWarning)
            outcomes.close()

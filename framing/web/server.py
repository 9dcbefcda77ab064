"""The labelling page's server: one process, one coder, the loopback address alone."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable

import uvicorn

from framing.errors import UsageError
from framing.web.app import labelling_app
from framing.web.door import HOST, Door
from framing.web.session import Session

DEFAULT_PORT = 8763
_TRIES = 100


def listening_socket(port: int | None) -> socket.socket:
    """Take a port on the loopback address.

    Parameters
    ----------
    port : int or None
        0 for any that is free; None for the usual one, or the next that is free.

    Raises
    ------
    UsageError
        When it is taken, or may not be taken.
    """
    wanted = range(DEFAULT_PORT, DEFAULT_PORT + _TRIES) if port is None else (port,)
    reason = ""
    for number in wanted:
        # Only on a socket that says TCP does asyncio send small answers at once; a key press takes 40 ms less by it.
        taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            # Elsewhere the option would let another program listen on the same port.
            if os.name == "posix":
                taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind((HOST, number))
            # Without this, another program could still take the same port.
            taken.listen()
        except OSError as error:
            taken.close()
            reason = error.strerror or str(error)
        else:
            return taken
    which = f"the port {wanted[0]}" if port is not None else f"every port from {wanted[0]} to {wanted[-1]}"
    raise UsageError(f"{which} cannot be listened on ({reason}); name another with --port, 0 for any that is free")


def serve(session: Session, listening: socket.socket, *, on_ready: Callable[[str], None]) -> None:
    """Serve a session until the program is told to stop (Ctrl-C).

    Parameters
    ----------
    session : Session
    listening : socket
        From `listening_socket`.
    on_ready : callable
        Told the link that opens the page, when the page can be opened.
    """
    door = Door(labelling_app(session), listening.getsockname()[1])
    config = uvicorn.Config(
        door,
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        # Any page in the browser may knock, and each knock would be a line of warning for the coder.
        log_level="error",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        # What is being written is written to its end; an open tab must not keep the program from ending.
        timeout_graceful_shutdown=5,
    )
    with contextlib.suppress(KeyboardInterrupt):
        _Server(config, lambda: on_ready(door.link)).run(sockets=[listening])


class _Server(uvicorn.Server):
    """Says when it runs: from then on Ctrl-C ends it in order."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]):
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

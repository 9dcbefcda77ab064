"""Who may come in: the browser that opened the program's own link, on this machine, and no other page in it.

The page listens on the loopback address alone. That keeps other machines out, but not other pages: any website that the
coder has open may send requests here. So a link with a secret, good for one use, is traded for a cookie that scripts
cannot read and other sites' requests do not carry; the Host must be this server's, so that no foreign name can be bound
to the address; and what changes anything must come from this page itself, as JSON.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOST = "127.0.0.1"
_NAMES = (HOST, "localhost", "[::1]")
_READING = ("GET", "HEAD")
_CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _CONTENT_SECURITY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_NEW_LINK = "open the link that 'framing label' printed when it was started last"


class Door:
    """An ASGI application before another one, which it shields.

    Parameters
    ----------
    app : ASGI application
    port : int
        The port that the server listens on.

    Attributes
    ----------
    link : str
        The page's address with its secret; it opens the page once.
    """

    def __init__(self, app: ASGIApp, port: int):
        self._app = app
        self._hosts = frozenset(f"{name}:{port}" for name in _NAMES)
        self._origins = frozenset(f"http://{host}" for host in self._hosts)
        # All ports of a host share its cookies: two coders' servers need two names.
        self._cookie = f"framing-{port}"
        self._key = secrets.token_urlsafe(32)
        self._token: str | None = secrets.token_urlsafe(32)
        self.link = f"http://{HOST}:{port}/?token={self._token}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message.get("headers", ()) if pair[0].decode("latin-1") not in _HEADERS]
                message = {**message, "headers": [*kept, *_raw(_HEADERS)]}
            await send(message)

        headers = _headers(scope)
        if headers.get("host", "").lower() not in self._hosts:
            await _refuse(guarded, 421, "this server answers to its own address alone; open the link it printed")
        elif (token := _token(scope)) is not None:
            await self._trade(token, headers, guarded)
        elif not self._knows(headers):
            await _refuse(guarded, 401, _NEW_LINK, plain=scope["path"] == "/")
        elif refusal := self._foreign(scope, headers):
            await _refuse(guarded, *refusal)
        else:
            await self._app(scope, receive, guarded)

    async def _trade(self, token: str, headers: Mapping[str, str], send: Send) -> None:
        """Give the cookie for the secret, once; whoever has the cookie already only loses the secret from sight."""
        redirect = {"location": "/"}
        if self._token is not None and secrets.compare_digest(token.encode(), self._token.encode()):
            self._token = None
            redirect["set-cookie"] = f"{self._cookie}={self._key}; HttpOnly; SameSite=Strict; Path=/"
        elif not self._knows(headers):
            await _refuse(send, 401, f"this link is used up or is of another run; {_NEW_LINK}", plain=True)
            return
        await _answer(send, 303, redirect, b"")

    def _knows(self, headers: Mapping[str, str]) -> bool:
        # Cut by hand: what other programs on this host leave among the cookies must not hide this one.
        pairs = (pair.partition("=") for pair in headers.get("cookie", "").split(";"))
        given = [value.strip() for name, _, value in pairs if name.strip() == self._cookie]
        return any(secrets.compare_digest(value.encode(), self._key.encode()) for value in given)

    def _foreign(self, scope: Scope, headers: Mapping[str, str]) -> tuple[int, str] | None:
        """Tell what speaks against a request's being this page's own, if anything does."""
        reading = scope["method"] in _READING
        site = headers.get("sec-fetch-site", "same-origin")
        # An address typed in comes from no site; a file of the page may be looked at so, but nothing is written so.
        if site != "same-origin" and not (reading and (site == "none" or not scope["path"].startswith("/api/"))):
            return 403, "the request comes from another site"
        if reading:
            return None
        if headers.get("origin") not in self._origins:
            return 403, "the request does not come from this page"
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return 415, "only JSON is taken: content-type application/json"
        return None


def _headers(scope: Scope) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        # Of a header that stands twice neither is believed, but browsers may split cookies.
        separator = "; " if name == "cookie" else ", "
        headers[name] = f"{headers[name]}{separator}{value}" if name in headers else value
    return headers


def _token(scope: Scope) -> str | None:
    if scope["path"] != "/" or scope["method"] != "GET":
        return None
    values = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True).get("token")
    return None if values is None else values[-1]


async def _refuse(send: Send, status: int, reason: str, *, plain: bool = False) -> None:
    kind = "text/plain; charset=utf-8" if plain else "application/json"
    body = f"framing: {reason}\n" if plain else json.dumps({"error": reason})
    # What was sent along is not read: the connection ends here.
    await _answer(send, status, {"content-type": kind, "connection": "close"}, body.encode())


async def _answer(send: Send, status: int, headers: Mapping[str, str], body: bytes) -> None:
    told = _raw({**headers, "content-length": str(len(body))})
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]

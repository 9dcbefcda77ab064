"""The page's routes: each reads a request, asks the session, and answers in JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from framing.errors import FramingError
from framing.web.requests import BadRequestError, ConflictError, read_judgement, read_object, read_request
from framing.web.session import Session

LARGEST_BODY = 65_536
_HERE = Path(__file__).parent
# What a machine's own registry says of these is not always true, and the browser is told not to guess.
_KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_STATUS: Mapping[type[Exception], int] = {BadRequestError: 400, ConflictError: 409, FramingError: 503}


def labelling_app(session: Session) -> Starlette:
    """Make the application that serves one coder's session; `framing.web.door.Door` must stand before it."""
    templates = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, auto_reload=True
    )

    def page(_request: Request) -> HTMLResponse:
        template = templates.get_template("label.html")
        codebook = session.work.codebook.name
        return HTMLResponse(template.render(coder=session.coder, codebook=codebook, page_key=session.page_key))

    def static(request: Request) -> Response:
        # Only what is found by looking into the folder is served: a name is never made into a path.
        found = {path.name: path for path in (_HERE / "static").iterdir() if path.suffix in _KINDS}
        path = found.get(request.path_params["name"])
        if path is None:
            raise HTTPException(404, "there is no such file")
        return Response(path.read_bytes(), media_type=_KINDS[path.suffix])

    def describe(_request: Request) -> JSONResponse:
        return JSONResponse(session.description())

    def paragraph(request: Request) -> JSONResponse:
        number = request.path_params["number"]
        # A number of thousands of digits is none that Python reads.
        index = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else session.total
        if index >= session.total:
            raise HTTPException(404, f"there is no such paragraph; the queue holds {session.total}, counted from 0")
        return JSONResponse(session.paragraph(index, suggest=request.query_params.get("suggest") == "1"))

    async def annotate(request: Request) -> JSONResponse:
        _refuse_other_page(request, session)
        judgement = read_judgement(read_object(await _body(request)), session.work.codebook)
        return JSONResponse(await run_in_threadpool(session.save, judgement))

    async def undo(request: Request) -> JSONResponse:
        _refuse_other_page(request, session)
        asked = read_request(read_object(await _body(request)), alone=True)
        return JSONResponse(await run_in_threadpool(session.undo, asked))

    app = Starlette(
        routes=[
            Route("/", page),
            Route("/api/session", describe),
            Route("/api/paragraphs/{number}", paragraph),
            Route("/api/annotations", annotate, methods=["POST"]),
            Route("/api/undo", undo, methods=["POST"]),
            Route("/static/{name}", static),
        ],
        exception_handlers={
            HTTPException: _http_error,
            **{kind: _told(status) for kind, status in _STATUS.items()},
            Exception: _bug,
        },
    )
    app.router.redirect_slashes = False
    return app


def _refuse_other_page(request: Request, session: Session) -> None:
    # A page that another coder has left open comes with this run's cookie, and must not write into this coder's file.
    if request.headers.get("framing-page", session.page_key) != session.page_key:
        raise HTTPException(401, "this page is of other work; open the link that its own program prints")


async def _body(request: Request) -> bytes:
    """Read a body, up to the largest that the page could send."""
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or len(length) > 9 or int(length) > LARGEST_BODY:
        raise _too_large()
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > LARGEST_BODY:
                raise _too_large()
    except ClientDisconnect:
        raise BadRequestError("the body breaks off") from None
    return bytes(body)


def _too_large() -> HTTPException:
    # The rest is not read: the connection ends here.
    return HTTPException(413, f"a body has at most {LARGEST_BODY:,} bytes", headers={"connection": "close"})


def _told(status: int) -> Callable[[Request, Exception], Response]:
    def answer(_request: Request, error: Exception) -> Response:
        return _error(status, str(error))

    return answer


def _http_error(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        return _error(500, "the program failed; see its terminal")
    return _error(error.status_code, error.detail, error.headers)


def _bug(_request: Request, _failure: Exception) -> Response:
    # The server writes the traceback to its terminal; the page is told nothing of it.
    return _error(500, "the program failed; see its terminal")


def _error(status: int, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    told: dict[str, Any] = {"error": " ".join(message.split())}
    return JSONResponse(told, status, headers=headers)

"""``framing label``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from framing.web.session import Session


def label(
    coder: Annotated[str, typer.Option(help="Your name among the coders: it names the file that your codings go to.")],
    labels: Annotated[Path, typer.Option(help="A labels folder.")] = Path("labels"),
    articles: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE...", help="Articles to add to the folder and code: files or folders."),
    ] = None,
    more: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
    queue: Annotated[Path | None, typer.Option(help="Code the paragraphs of a queue from 'framing queue'.")] = None,
    suggest: Annotated[
        Path | None,
        typer.Option(
            metavar="MODEL", help="A model whose suggestions can be switched on; which were seen is written down."
        ),
    ] = None,
    adjudicate: Annotated[
        bool, typer.Option("--adjudicate", help="Decide where coders differ, under a name of its own.")
    ] = False,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65_535, help="The port; 0 for any.", show_default="8763, or the next that is free"),
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the link.")] = False,
) -> None:
    """Label paragraphs in a browser page, one key a paragraph.

    Without --articles, --queue or --adjudicate, all paragraphs of the folder
    are put before you, in order. Every key press is on the disk before the
    page says 'saved'; stop with Ctrl-C and go on any time. The page listens on
    this machine alone, and opens with the printed link alone.
    """
    from framing.cli.messages import complain, tell
    from framing.errors import MissingExtraError, UsageError
    from framing.workflow.labelling import Labelling, open_session

    try:
        from framing.web.server import DEFAULT_PORT, listening_socket, serve
    except ImportError:
        raise MissingExtraError("label", "the labelling page") from None

    if more and not articles:
        raise UsageError(f"'{more[0]}' is no option; name articles with --articles {more[0]}")
    asked = Labelling(coder, labels, [*(articles or ()), *(more or ())], queue, suggest, adjudicate)
    # Before anything is added to the folder: without a port there is no page.
    with listening_socket(port) as listening:
        session = open_session(asked, on_error=complain, tell=tell)
        tell(_progress(session))
        if port is None and (taken := listening.getsockname()[1]) != DEFAULT_PORT:
            tell(f"port {DEFAULT_PORT} is taken by another program; this page is on {taken}")

        def ready(link: str) -> None:
            tell(f"open {link} (good for one use; Ctrl-C ends)")
            if not no_browser:
                _open_browser(link)

        serve(session, listening, on_ready=ready)
    labelled = session.labelled_in_this_run
    tell(f"labelled in this run: {labelled:,} {'paragraph' if labelled == 1 else 'paragraphs'}, in {session.path}")


def _progress(session: Session) -> str:
    work = "deciding as adjudicator" if session.work.role == "adjudicator" else "coding as"
    done = session.done
    return f"{work} {session.coder}: {done:,} done, {session.total - done:,} left"


def _open_browser(link: str) -> None:
    """Open the link in a window of its own; a browser that would take over this terminal is left alone."""
    import threading
    import webbrowser

    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return
    if not isinstance(browser, webbrowser.GenericBrowser) or isinstance(browser, webbrowser.BackgroundBrowser):
        # Some browsers are waited for, and they for the page.
        threading.Thread(target=browser.open, args=(link,), daemon=True).start()

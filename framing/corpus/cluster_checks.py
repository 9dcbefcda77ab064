"""Whether the workers of a cluster are what this process is, and see what it sees."""

from __future__ import annotations

import pkgutil
import platform
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import framing
from framing.errors import ArtifactError, UsageError

if TYPE_CHECKING:
    from distributed import Client


@dataclass(frozen=True)
class Needs:
    """What a worker has to have at hand.

    Attributes
    ----------
    output : str
        A folder that each writes to, on a disk that all of them share.
    inputs : tuple of str
        Some of the files that they will read.
    model : str or None
        The folder of the model; None for the one that comes with the package.
    model_digest : str
    packages : tuple of str
        What else has to be installed, of the extra ``corpus``.
    """

    output: str
    inputs: tuple[str, ...]
    model: str | None
    model_digest: str
    packages: tuple[str, ...] = ()


def check_workers(client: Client, address: str, needs: Needs | None) -> None:
    """Make sure that each worker has this version of framing and of Python, and what is needed.

    The same Python, because what is a letter and what its small form is differs from one to the next, and with it what
    is counted as a word.

    Raises
    ------
    UsageError
        When a worker does not; names one, what it lacks and how many others lack the same.
    """
    own = framing.__version__
    _refuse(
        address,
        client.run(pkgutil.resolve_name, "framing:__version__", on_error="return"),
        lambda version: None if version == own else f"has framing {version}, not {own} as here; install the same",
        otherwise=f"has no framing; install framing {own} there, the same as here",
    )
    minor = _minor(platform.python_version())
    _refuse(
        address,
        client.run(platform.python_version, on_error="return"),
        lambda version: None if _minor(version) == minor else f"runs Python {version}, not {minor} as here",
    )
    if needs is not None:
        with _token(needs.output) as token:
            answers = client.run(lacking, needs, token.name, token.read_text("ascii"), on_error="return")
            _refuse(address, answers, lambda answer: answer)


def lacking(needs: Needs, token: str, content: str) -> str | None:
    """Tell what this process lacks of what is needed, or None.

    Parameters
    ----------
    needs : Needs
    token, content : str
        Name and content of a file in the output folder: another folder may have the same name.
    """
    for package in needs.packages:
        if find_spec(package) is None:
            return f"has no {package}; install the extra 'corpus' there: pip install 'framing[corpus]'"
    output = Path(needs.output)
    if not _shows(output / token, content):
        return f"does not see the output folder {output} of this machine; name one on a disk that all share"
    try:
        with tempfile.NamedTemporaryFile(dir=output, prefix=".framing.", suffix=".part"):
            pass
    except OSError as error:
        return f"cannot write to the output folder {output}: {error.strerror}"
    for path in needs.inputs:
        try:
            with Path(path).open("rb") as file:
                file.read(1)
        except OSError as error:
            return f"cannot read {path}: {error.strerror}; the input has to lie on a disk that all share"
    return _lacks_model(needs)


def _lacks_model(needs: Needs) -> str | None:
    from framing.artifact import default_folder
    from framing.artifact.manifest import read_manifest

    try:
        digest = read_manifest(Path(needs.model or default_folder()))["digest"]
    except ArtifactError as error:
        return f"has no such model: {error}; name one by --model on a disk that all share"
    if digest != needs.model_digest:
        which = "default model" if needs.model is None else f"model at {needs.model}"
        return f"has another {which}; name one by --model on a disk that all share"
    return None


def _shows(path: Path, content: str) -> bool:
    # A disk over a network may show a new file a moment later.
    for _ in range(20):
        try:
            return path.read_text("ascii") == content
        except FileNotFoundError:
            time.sleep(0.1)
        except (OSError, ValueError):
            return False
    return False


@contextmanager
def _token(folder: str) -> Iterator[Path]:
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".framing.", suffix=".part", encoding="ascii") as file:
        file.write(secrets.token_hex())
        file.flush()
        yield Path(file.name)


def _refuse(
    address: str,
    answers: Mapping[str, Any],
    problem: Callable[[Any], str | None],
    otherwise: str | None = None,
) -> None:
    problems = {
        worker: (otherwise or f"failed: {answer!r}") if isinstance(answer, Exception) else problem(answer)
        for worker, answer in answers.items()
    }
    lacking_some = [worker for worker, text in problems.items() if text is not None]
    if lacking_some:
        first, *others = lacking_some
        also = f" (and {len(others)} more of its {len(answers)} workers)" if others else ""
        raise UsageError(f"the worker {first} of the cluster at {address}{also} {problems[first]}")


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])

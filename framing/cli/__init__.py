"""The command line: parse, call one function, show."""

from framing.cli.main import main

__all__ = ["main"]

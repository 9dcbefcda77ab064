"""framing marks each paragraph of an article with a frame, and shows how far the marks can be trusted."""

__version__ = "0.1.0"

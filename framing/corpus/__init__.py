"""Scoring of many articles, what is written of them, and their frame mix."""

from framing.corpus.shares import FrameShares, frame_shares
from framing.corpus.writers import CsvWriter, JsonlWriter, ParagraphWriter

__all__ = ["CsvWriter", "FrameShares", "JsonlWriter", "ParagraphWriter", "frame_shares"]

"""Scoring of many articles, what is written of them, and their frame mix."""

from framing.corpus.overview import OverviewTally
from framing.corpus.shares import FrameShares, frame_shares
from framing.corpus.source_tallies import ArticleFacts
from framing.corpus.writers import CsvWriter, JsonlWriter, ParagraphWriter

__all__ = [
    "ArticleFacts",
    "CsvWriter",
    "FrameShares",
    "JsonlWriter",
    "OverviewTally",
    "ParagraphWriter",
    "frame_shares",
]

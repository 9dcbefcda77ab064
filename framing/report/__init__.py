"""Pages that are read: an article with its frames, and an overview of many."""

from framing.report.article_page import article_page, page_name
from framing.report.overview_page import GENERATOR, OVERVIEW_NAME, overview_page

__all__ = ["GENERATOR", "OVERVIEW_NAME", "article_page", "overview_page", "page_name"]

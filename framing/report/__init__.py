"""Pages that are read: an article with its frames."""

from framing.report.article_page import article_page, page_name

__all__ = ["article_page", "page_name"]

from framing.text.article import Article, Block, Paragraph
from framing.text.reading import KINDS, read_articles
from framing.text.segmentation import Segmentation

__all__ = ["KINDS", "Article", "Block", "Paragraph", "Segmentation", "read_articles"]

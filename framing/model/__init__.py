"""Tokens, TF-IDF, classifier and scorer: texts and matrices only.

What a later step adds to the lexical model (weights smoothed over meaning, the article as a second block, decoding
along the article, calibration) is a module of its own here and a field of `FrameModel`.
"""

from framing.model.frame_model import FrameModel, softmax

__all__ = ["FrameModel", "softmax"]

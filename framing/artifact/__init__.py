"""Model folders, saved and loaded; the only place that knows their format."""

from framing.artifact.artifact import Artifact
from framing.artifact.classified import ClassifiedParagraph
from framing.artifact.default import default_folder
from framing.artifact.storage import PackedModel, load, pack, read_kept, refuse_foreign, save

__all__ = [
    "Artifact",
    "ClassifiedParagraph",
    "PackedModel",
    "default_folder",
    "load",
    "pack",
    "read_kept",
    "refuse_foreign",
    "save",
]

"""framing marks each paragraph of an article with a frame, and shows how far the marks can be trusted.

>>> import framing
>>> model = framing.load()
>>> [paragraph["frame"] for paragraph in model.classify("Troops sealed the valley.")]
['security-operation']
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from framing.errors import FramingError

if TYPE_CHECKING:
    from framing.artifact import Artifact

__version__ = "0.1.0"

__all__ = ["FramingError", "__version__", "load"]


def load(path: str | os.PathLike[str] | None = None) -> Artifact:
    """Load a model folder.

    Parameters
    ----------
    path : path-like, optional
        The folder; without it, the model that comes with the package.

    Returns
    -------
    Artifact
        With ``classify(text)``, a list of one dictionary a paragraph, and ``predict_proba(paragraphs)``, an array of
        shape (n_paragraphs, n_frames).

    Raises
    ------
    framing.errors.ArtifactError
        When the folder is damaged, incomplete or of a newer format.
    """
    # Imported here, so that `import framing` costs nothing.
    from framing.artifact import default_folder
    from framing.artifact import load as load_folder

    return load_folder(default_folder() if path is None else os.fspath(path))

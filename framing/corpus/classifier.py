"""The model that works on shards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from framing.artifact import Artifact, default_folder, load
from framing.artifact.bulk import ClassifiedBatch, classify_batch
from framing.errors import ArtifactError
from framing.model.choosing import bulk_scorer
from framing.model.scorer import Scorer
from framing.text.article import Article


@dataclass(frozen=True)
class BatchClassifier:
    """Classifies many articles at once.

    Attributes
    ----------
    artifact : Artifact
    scorer : Scorer
        Of its model.
    """

    artifact: Artifact
    scorer: Scorer

    def classify(self, articles: Sequence[Article]) -> ClassifiedBatch:
        return classify_batch(self.artifact, self.scorer, articles)


def load_classifier(model: str | None, digest: str, threads: int) -> BatchClassifier:
    """Load a model to classify many articles.

    Parameters
    ----------
    model : str or None
        Its folder; None for the one that comes with the package.
    digest : str
        As in its manifest when the run began.
    threads : int
        How many the scorer may use.

    Raises
    ------
    ArtifactError
        When it cannot be loaded, or is another than it was.
    """
    folder = model or default_folder()
    artifact = load(folder, evaluation=False)
    if artifact.manifest.get("digest") != digest:
        raise ArtifactError("is another model than when the run began; run again", path=folder)
    return BatchClassifier(artifact, bulk_scorer(artifact.model, artifact.familiarity, threads=threads))

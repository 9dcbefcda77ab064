"""The model that works on shards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from framing.artifact import Artifact, load
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


def load_classifier(model: str, digest: str, threads: int) -> BatchClassifier:
    """Load a model to classify many articles.

    Parameters
    ----------
    model : str
        Its folder.
    digest : str
        As in its manifest when the run began.
    threads : int
        How many the scorer may use.

    Raises
    ------
    ArtifactError
        When it cannot be loaded, or is another than it was.
    """
    artifact = load(model, evaluation=False)
    if artifact.manifest.get("digest") != digest:
        raise ArtifactError("is another model than when the run began; run again", path=model)
    return BatchClassifier(artifact, bulk_scorer(artifact.model, artifact.familiarity, threads=threads))

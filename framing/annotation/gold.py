"""The gold of a paragraph: the one place where coders' judgements become one.

The rule:

- A coding that was taken back counts for nothing.
- One coder: the coding is the gold, and the paragraph counts as coded once.
- More coders: the gold is the frame that at least two of them agree on and that no other frame equals in votes.
- An adjudicator, who saw the coders' codings, decides: the adjudicators' frames take the place of the coders', by the
  same rule where there are several.
- Otherwise (two that differ and no third, three that all differ, two against two) there is no gold.

A paragraph without gold keeps the share of coders for each frame, as a soft target.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class GoldCounts:
    """How many paragraphs came by their gold in which way.

    Attributes
    ----------
    agreed : int
        Two coders or more, and a gold.
    single : int
        One coder.
    disputed : int
        Two coders or more, and no gold.
    uncoded : int
        No coder.
    adjudicated : int
        An adjudicator, and a gold; these are in none of the other counts.
    """

    agreed: int
    single: int
    disputed: int
    uncoded: int
    adjudicated: int = 0


@dataclass(frozen=True)
class Judgements:
    """What stands of all that was said of one paragraph.

    Attributes
    ----------
    frames : tuple of str
        One entry for each coder.
    decisions : tuple of str
        One entry for each adjudicator.
    """

    frames: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()

    @property
    def counted(self) -> tuple[str, ...]:
        """Those that make the gold and the soft target."""
        return self.decisions or self.frames

    @property
    def gold(self) -> str | None:
        return resolve(self.counted)


def resolve(frames: Sequence[str]) -> str | None:
    """Return the gold of a paragraph from its coders' frames, or None where they leave none.

    Parameters
    ----------
    frames : sequence of str
        One entry for each coder whose coding stands; their order does not matter.
    """
    votes = Counter(frames).most_common(2)
    # Coders who all differ are a tie, too: so of several, the frame without an equal has at least two votes.
    if not votes or (len(votes) == 2 and votes[0][1] == votes[1][1]):
        return None
    return votes[0][0]


def count_gold(judgements: Iterable[Judgements]) -> GoldCounts:
    """Count the paragraphs by how their gold came about."""
    ways: Counter[str] = Counter()
    for judged in judgements:
        if judged.gold is None:
            ways["disputed" if judged.counted else "uncoded"] += 1
        elif judged.decisions:
            ways["adjudicated"] += 1
        else:
            ways["single" if len(judged.frames) < 2 else "agreed"] += 1
    return GoldCounts(ways["agreed"], ways["single"], ways["disputed"], ways["uncoded"], ways["adjudicated"])


def shares(frames: Sequence[str], labels: Sequence[str]) -> list[float]:
    """Return the share of coders for each label: a soft target.

    Parameters
    ----------
    frames : sequence of str
        As for `resolve`; at least one.
    labels : sequence of str
        The codebook's labels; every frame is one of them.

    Returns
    -------
    list of float, length n_labels
        Sums to 1.
    """
    votes = Counter(frames)
    return [votes[label] / len(frames) for label in labels]

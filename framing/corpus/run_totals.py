"""What came of the shards of a run, added up as they are done."""

from __future__ import annotations

import hashlib
import os

from framing.corpus.shard_record import ShardOutcome
from framing.corpus.shards import output_name, shown
from framing.corpus.tally import Tally

_MOST_OUTLETS = 20


class RunTotals:
    """Sums over shards, whatever the order they are added in; of each no more is kept than its name and digest.

    Parameters
    ----------
    format_ : str
        That of the outputs.

    Attributes
    ----------
    tally : Tally
    set_aside, cut, output_bytes : int
        As in `ShardOutcome`.
    failed : dict of str to str
        The reason for each shard that has no output, by its name as it is shown.
    """

    def __init__(self, format_: str):
        self.tally = Tally()
        self.set_aside = self.cut = self.output_bytes = 0
        self.failed: dict[str, str] = {}
        self._format = format_
        self._outlets: set[str] = set()
        self._outputs: dict[str, bytes] = {}

    def __len__(self) -> int:
        return len(self._outputs) + len(self.failed)

    @property
    def done(self) -> int:
        """How many shards have an output."""
        return len(self._outputs)

    @property
    def unknown_outlets(self) -> tuple[str, ...]:
        """Kinds of outlet that the model has not learnt of, twenty at most."""
        return tuple(sorted(self._outlets)[:_MOST_OUTLETS])

    @property
    def outputs_sha256(self) -> str:
        """One digest of all outputs and their names: two runs with the same one wrote the same."""
        digest = hashlib.sha256()
        for name, of_output in sorted(self._outputs.items()):
            digest.update(b"%s %s\n" % (of_output.hex().encode(), os.fsencode(output_name(name, self._format))))
        return digest.hexdigest()

    def add(self, outcome: ShardOutcome) -> None:
        """Add what came of a shard."""
        if outcome.failed is not None:
            self.failed[shown(outcome.shard.name)] = outcome.failed
            return
        self._outputs[outcome.shard.name] = bytes.fromhex(outcome.output_sha256)
        self.tally += outcome.tally
        self.set_aside += outcome.set_aside
        self.cut += outcome.cut
        self.output_bytes += outcome.output_bytes
        self._outlets.update(outcome.unknown_outlets)

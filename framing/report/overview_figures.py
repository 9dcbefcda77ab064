"""Small multiples of an overview: which source has how much of a frame, when, and both at once; a panel a label."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from framing.artifact.overview import Overview, SourceFigures
from framing.codebook import Codebook
from framing.palette import looks
from framing.report.display import percent, shown
from framing.report.document import Table
from framing.report.overview_panels import (
    FEW,
    DrawnLabel,
    Row,
    cells_panel,
    counts_panel,
    period_panel,
    source_panel,
)
from framing.report.small_panel import SmallPanel

MOST_PANELS = 12


@dataclass(frozen=True)
class Panel:
    """A small drawing with the label that it is of; ``style`` names the label's colour."""

    style: str
    mark: str
    title: str
    svg: Markup


@dataclass(frozen=True)
class SmallMultiples:
    """Drawings that are read together.

    Attributes
    ----------
    name : str
        The section's id.
    title, finding, reading : str
        The last says what the marks mean.
    table : Table
        The data.
    """

    name: str
    title: str
    finding: str
    reading: str
    panels: tuple[Panel, ...]
    table: Table


def sources_figure(overview: Overview, codebook: Codebook) -> SmallMultiples | None:
    """Draw each label's share by source; None where there are not two sources."""
    rows = [Row(source_title(source), source.counts) for source in overview.sources]
    if len(rows) < 2:
        return None
    scale, whole = _upper_bound(rows), Row("all", overview.counts)
    return SmallMultiples(
        name="by-source",
        title="Who frames it how",
        finding=_finding(rows, codebook, "sources", "differs most between sources"),
        reading="A mark is the share of a source’s paragraphs that have the frame; the dashed line is the share of "
        f"all. The largest sources stand first. Small marks: fewer than {FEW} paragraphs.",
        panels=_panels(overview, codebook, lambda label: source_panel(label, rows, whole.share(label.place), scale)),
        table=_table(
            "Source", rows, codebook, "Predicted frames by source: paragraphs, and their share of the source’s"
        ),
    )


def periods_figure(overview: Overview, codebook: Codebook) -> SmallMultiples | None:
    """Draw each label's share by month or longer periods; None where there are not two."""
    if len(overview.periods) < 2:
        return None
    step = overview.step
    by_period = zip(*overview.cells, strict=True)
    rows = [
        Row(name, tuple(map(sum, zip(*cells, strict=True))))
        for name, cells in zip(overview.periods, by_period, strict=True)
    ]
    scale = _upper_bound(rows)
    return SmallMultiples(
        name="by-time",
        title="When",
        finding=_finding(rows, codebook, f"{step}s", "changes most", in_order=True),
        reading=f"A mark is the share of a {step}’s paragraphs that have the frame. Small marks: fewer than {FEW} "
        "paragraphs; where the line breaks there are none. The first drawing counts them.",
        panels=(
            Panel("ink", "", "Paragraphs", counts_panel(rows).svg()),
            *_panels(overview, codebook, lambda label: period_panel(label, rows, scale)),
        ),
        table=_table(
            step.capitalize(),
            rows,
            codebook,
            f"Predicted frames by {step}: paragraphs, and their share of the {step}’s",
        ),
    )


def cells_figure(overview: Overview, codebook: Codebook) -> SmallMultiples | None:
    """Draw each label's share by source and period at once; None where there are not two of both."""
    if len(overview.periods) < 2 or len(overview.sources) < 2:
        return None
    step, names = overview.step, [source_title(source) for source in overview.sources]
    rows = [
        Row(f"{name}, {period}", counts)
        for name, cells in zip(names, overview.cells, strict=True)
        for period, counts in zip(overview.periods, cells, strict=True)
        if sum(counts)
    ]
    many = [row for row in rows if row.paragraphs >= FEW]
    finding = f"No source has {FEW} paragraphs in any {step}: the squares tell little."
    if many:
        place, row = max(((p, row) for p in _frames(codebook) for row in many), key=lambda item: item[1].share(item[0]))
        finding = (
            f"{len(many):,} of {len(rows):,} pairs of a source and a {step} have {FEW} paragraphs or more; the largest "
            f"share of these is that of {_title(codebook, place)} in {_in_words(row, place)}."
        )
    return SmallMultiples(
        name="by-source-and-time",
        title="Who, and when",
        finding=finding,
        reading=f"A row of bars a source, a bar a {step}: as high as the row, it is all paragraphs of that source in "
        f"that {step}. Thin bars: fewer than {FEW} paragraphs. A dash under the line: paragraphs, but none with the "
        "frame.",
        panels=_panels(overview, codebook, lambda label: cells_panel(label, names, overview.periods, overview.cells)),
        table=_table(
            f"Source and {step}", rows, codebook, f"Predicted frames by source and {step}: paragraphs, and their share"
        ),
    )


def source_title(source: SourceFigures) -> str:
    """Name a source as it is shown."""
    if source.sources > 1:
        return f"{source.sources:,} others"
    return "source unknown" if source.name is None else shown(source.name) or "unnamed"


def share_bar(share: float, style: str) -> Markup:
    """Draw a share as a part of a bar that takes up the width it is given."""
    return Markup(  # noqa: S704 - a number and a name of our own
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="rule" width="100" height="8" fill="currentColor"></rect>'
        f'<rect class="{style}" width="{100 * share:.2f}" height="8" fill="currentColor"></rect></svg>'
    )


def _panels(overview: Overview, codebook: Codebook, drawn: Callable[[DrawnLabel], SmallPanel]) -> tuple[Panel, ...]:
    """Draw a panel for every label, or of very many for the most frequent, in codebook order."""
    kept = sorted(range(len(codebook.labels)), key=lambda place: -overview.counts[place])[:MOST_PANELS]
    labels = [
        DrawnLabel(place, _title(codebook, place), look.mark, f"frame-{place}")
        for place, look in enumerate(looks(codebook).values())
        if place in kept
    ]
    return tuple(Panel(label.style, label.mark, label.title, drawn(label).svg()) for label in labels)


def _upper_bound(rows: Sequence[Row]) -> float:
    """Return a round share that no share is above."""
    largest = max((row.share(place) for row in rows for place in range(len(row.counts))), default=1.0)
    return min(1.0, max(0.2, math.ceil(largest * 5 - 1e-9) / 5))


def _finding(rows: Sequence[Row], codebook: Codebook, what: str, differs: str, *, in_order: bool = False) -> str:
    """Say which frame's share differs most between rows that have enough paragraphs, and from where to where."""
    many = [row for row in rows if row.paragraphs >= FEW]
    if len(many) < 2:
        return f"No two {what} have {FEW} paragraphs or more: their shares tell little."

    def ends(place: int) -> tuple[Row, Row]:
        return max(many, key=lambda row: row.share(place)), min(many, key=lambda row: row.share(place))

    def difference(place: int) -> float:
        high, low = ends(place)
        return high.share(place) - low.share(place)

    place = max(_frames(codebook), key=difference)
    pair = sorted(ends(place), key=rows.index) if in_order else ends(place)
    told = ", ".join(_in_words(row, place) for row in pair)
    return f"{_title(codebook, place)} {differs}: {told}."


def _in_words(row: Row, place: int) -> str:
    return f"{row.name} {percent(row.share(place))} ({row.counts[place]:,} of {row.paragraphs:,})"


def _frames(codebook: Codebook) -> list[int]:
    return [place for place, label in enumerate(codebook.labels) if label != codebook.residual]


def _title(codebook: Codebook, place: int) -> str:
    return shown(codebook.title(codebook.labels[place]))


def _table(what: str, rows: Sequence[Row], codebook: Codebook, caption: str) -> Table:
    places = range(len(codebook.labels))
    cells = tuple(
        (
            row.name,
            f"{row.paragraphs:,}",
            *(f"{row.counts[place]:,} ({percent(row.share(place))})" if row.counts[place] else "0" for place in places),
        )
        for row in rows
    )
    columns = (what, "Paragraphs", *(_title(codebook, place) for place in places))
    return Table(columns, cells, (False, *(True for _ in columns[1:])), caption)

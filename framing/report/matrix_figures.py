"""Figures of label against label, and of coder against coder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from framing.evaluation.wording import decimals, interval
from framing.report.display import shown
from framing.report.document import Figure, ReportSource, Table
from framing.report.dot_plot import Dot, Row, draw_key, draw_name, draw_rows, enclosing, named, shortly, told
from framing.report.drawing import SIZE, SMALL, WIDTH, Drawing, Place, cut, marks_of, text_width, wrapped

NAMES_END = 150.0
# The ink that shades a cell still lets the ink on it be read, on light paper and on dark.
DARKEST = 0.37
# What shares of a row, and under them numbers of paragraphs, need.
ROOM_FOR_SHARE, ROOM_FOR_COUNT = 26.0, 44.0
TALLEST_CELL = 54.0
MOST_PAIRS = 40


def confusion_figure(source: ReportSource) -> Figure | None:
    """Draw what was predicted for the paragraphs of each gold label."""
    confusion = source.evaluation.get("confusion")
    if not confusion:
        return None
    codebook, counts = source.artifact.codebook, confusion["mean_over_repeats"]
    looks = marks_of(codebook)
    labels = confusion["labels"]
    shares = [[count / sum(row) if sum(row) else None for count in row] for row in counts]
    side = (WIDTH - NAMES_END) / len(labels)
    fits = side >= ROOM_FOR_SHARE
    title = "Predicted labels of the paragraphs of each gold label"
    description = (
        "One row a gold label, one column a predicted label, in the codebook's order, so that right predictions stand "
        "on the diagonal, in frames. The stronger its shade, the larger a cell's share of its row"
    )
    description += "; the share is written in it" if fits else "; the shares are in the table"
    description += ", and under it the number of paragraphs, mean over the repeats." if side >= ROOM_FOR_COUNT else "."
    drawing = Drawing("confusion", title, description, codebook)
    top = _draw_columns(drawing, labels, source, side)
    height = max(18.0, min(side, TALLEST_CELL))
    for place, label in enumerate(labels):
        y = top + place * height
        # Two lines or three, by the room there is.
        name = named(codebook.title(label))
        name = name if height > 50 else cut(name, NAMES_END - 20)
        note = f"{sum(counts[place]):,.0f} gold" if height > 36 else ""
        draw_name(drawing, Row(name, (), note=note, look=looks[label]), y + height / 2, most=2)
        for column, (count, share) in enumerate(zip(counts[place], shares[place], strict=True)):
            _draw_cell(drawing, (NAMES_END + column * side, y), (side, height), count, share)
        x = NAMES_END + place * side
        box = [(x + 1, y + 1), (x + side - 1, y + 1), (x + side - 1, y + height - 1), (x + 1, y + height - 1)]
        drawing.curve([*box, box[0]], colour="ink", width=1.2)
    titles = [named(codebook.title(label)) for label in labels]
    table = Table(
        columns=("Gold", *titles, "All"),
        rows=tuple(
            (
                titles[place],
                *(f"{count:,.0f} ({decimals(share, 2)})" for count, share in zip(row, shares[place], strict=True)),
                f"{sum(row):,.0f}",
            )
            for place, row in enumerate(counts)
        ),
        numeric=(False, *(True for _ in labels), True),
        caption="Rows are gold, columns predicted: paragraphs, mean over the repeats, and the share of the row.",
    )
    finding = _largest(titles, counts, shares)
    return Figure("confusion", title, description, finding, drawing.svg(top + height * len(labels) + 6), table)


def _draw_columns(drawing: Drawing, labels: list[str], source: ReportSource, side: float) -> float:
    """Name the columns, upright where they are wide enough; return where the first row begins."""
    codebook, looks = source.artifact.codebook, marks_of(source.artifact.codebook)
    upright = side >= 68
    lines = {label: wrapped(named(codebook.title(label)), side + 4, 3, SMALL) for label in labels}
    if upright:
        room = 16.0 * max(map(len, lines.values()))
    else:
        room = min(130.0, max(text_width(named(codebook.title(label)), SMALL) for label in labels))
    drawing.text(0, 18, "Gold", bold=True)
    drawing.text(WIDTH, 18, "Predicted", bold=True, anchor="end")
    base = 30 + room
    for place, label in enumerate(labels):
        middle = NAMES_END + (place + 0.5) * side
        if upright:
            for number, line in enumerate(lines[label]):
                drawing.text(middle, base - 16 * (len(lines[label]) - 1 - number), line, anchor="middle", size=SMALL)
        elif side >= 15:
            drawing.text(middle + 5, base, cut(named(codebook.title(label)), room, SMALL), size=SMALL, upwards=True)
        if side >= 12:
            drawing.mark(looks[label][0], middle, base + 14, colour=looks[label][1])
    return base + 26


def _draw_cell(drawing: Drawing, corner: Place, size: tuple[float, float], count: float, share: float | None) -> None:
    (x, y), (width, height) = corner, size
    darkest = DARKEST if width >= ROOM_FOR_SHARE else 1.0
    drawing.rectangle(x + 1, y + 1, width - 2, height - 2, colour="ink", opacity=darkest * (share or 0.0))
    if width < ROOM_FOR_SHARE:
        return
    counted = width >= ROOM_FOR_COUNT and height >= 38
    middle = x + width / 2
    drawing.text(middle, y + height / 2 + (-1 if counted else 5), decimals(share, 2), anchor="middle", size=SIZE)
    if counted:
        drawing.text(middle, y + height / 2 + 15, f"{count:,.0f}", anchor="middle", size=SMALL)


def _largest(titles: list[str], counts: list[list[float]], shares: list[list[float | None]]) -> str:
    wrong = [
        (share, place, column)
        for place, row in enumerate(shares)
        for column, share in enumerate(row)
        if share is not None and place != column
    ]
    if not wrong:
        return "No label has gold paragraphs."
    share, place, column = max(wrong, key=lambda entry: (entry[0], -entry[1], -entry[2]))
    if share == 0:
        return "Every paragraph of every label was given its gold label."
    return (
        f"By share of a label's paragraphs the largest confusion is {shortly(titles[place])} taken for "
        f"{shortly(titles[column])}: {counts[place][column]:,.0f} of {sum(counts[place]):,.0f} gold paragraphs, "
        f"{decimals(share, 2)}, mean over the repeats."
    )


def disagreement_figure(source: ReportSource) -> Figure | None:
    """Draw how far two coders agree, and the model with each of the two on the same paragraphs, pair by pair."""
    consistency = source.evaluation.get("consistency")
    if not consistency or not consistency.get("pairs"):
        return None
    pairs = sorted(consistency["pairs"], key=lambda pair: -(_alpha(pair, "first_second")["value"] or 0.0))
    drawn = pairs[-MOST_PAIRS:]
    programs = all(coder["kind"] == "program" for coder in consistency["coders"].values())
    title = f"{'Consistency of programs' if programs else 'Agreement of coders'}, pair by pair"
    description = (
        "Krippendorff's alpha on the paragraphs that two coders share, with 95% intervals, one row a pair: diamonds, "
        "the two with one another; discs, the model with the first of the two; rings, with the second. Pairs with a "
        f"coder who was only asked where others differ are marked. {consistency['statement']}"
    )
    if len(drawn) < len(pairs):
        description += f" Drawn are the {len(drawn)} lowest of {len(pairs)} pairs; the table has all."
    description = shown(description)
    drawing = Drawing("disagreement", title, description, source.artifact.codebook)
    rows = [
        Row(
            f"{shortly(pair['first'], 24)}, {shortly(pair['second'], 24)}",
            (
                Dot(_alpha(pair, "first_second"), "◆", "coder", lift=11),
                Dot(_alpha(pair, "model_first"), "●", "model"),
                Dot(_alpha(pair, "model_second"), "○", "model", lift=-11),
            ),
            told=told(_alpha(pair, "first_second")),
            note=f"{pair['paragraphs']:,} shared" + (", disputed" if pair["note"] else ""),
        )
        for pair in drawn
    ]
    entries = [
        ("◆", "coder", "the two"),
        ("●", "model", "model with the first"),
        ("○", "model", "with the second"),
    ]
    y = draw_key(drawing, entries, 16)
    low = enclosing(rows, 0.0, 1.0)[0]
    end = draw_rows(drawing, rows, (low, 1.0), y, title="Krippendorff's alpha of a pair")
    table = Table(
        columns=("Pair", "Shared paragraphs", "The two [95%]", "Model, first [95%]", "Model, second [95%]", "Note"),
        rows=tuple(
            (
                f"{named(pair['first'])}, {named(pair['second'])}",
                f"{pair['paragraphs']:,}",
                *(interval(_alpha(pair, key)) for key in ("first_second", "model_first", "model_second")),
                named(pair["note"]) if pair["note"] else "",
            )
            for pair in pairs
        ),
        numeric=(False, True, True, True, True, False),
    )
    worst, best = pairs[-1], pairs[0]
    finding = f"Alpha between {_two(best)} is {told(_alpha(best, 'first_second'))}"
    if worst is not best:
        finding = (
            f"Alpha is highest between {_two(best)}, {told(_alpha(best, 'first_second'))}, and lowest between "
            f"{_two(worst)}, {told(_alpha(worst, 'first_second'))}"
            + (", of whom one was only asked where others differ" if worst["note"] else "")
        )
    return Figure("disagreement", title, description, f"{finding}.", drawing.svg(end), table)


def _alpha(pair: Mapping[str, Any], sides: str) -> Mapping[str, float | None]:
    alpha: Mapping[str, float | None] = pair[sides]["krippendorff_alpha"]
    return alpha


def _two(pair: Mapping[str, Any]) -> str:
    return f"{shortly(pair['first'], 24)} and {shortly(pair['second'], 24)}"

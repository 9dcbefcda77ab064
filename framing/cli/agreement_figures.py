"""The agreement of coders on the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from framing.evaluation.reliability import LEAST_COMMON
from framing.evaluation.wording import decimals, interval
from framing.report.display import percent, shown

# Longer lines are hard to follow, and off a terminal the width says nothing.
_WIDEST = 100
# For two columns of intervals beside frames' or coders' names of usual length.
_ROOM_FOR_TWO = 76
_MOST_PAIRS = 10
_MOST_CONFUSIONS = 10
# No more of a paragraph is shown.
_LONGEST_START = 1000


def show_agreement(found: Mapping[str, Any], disputes: int) -> None:
    """Print what coders' agreement is, then its figures, then the paragraphs they differ on.

    Parameters
    ----------
    found : mapping
        What `compare_coders` gives.
    disputes : int
        How many paragraphs to show.
    """
    console = Console(highlight=False, markup=False)
    console.width = min(console.width, _WIDEST)
    for block in _blocks(found, console.width, disputes):
        for part in block:
            console.print(part)
        console.print()


def _blocks(found: Mapping[str, Any], width: int, disputes: int) -> Iterator[Sequence[RenderableType]]:
    """Yield what stands together, without a blank line."""
    if found["statement"]:
        yield [_line(found["statement"])]
    yield [_line(_units(found))]
    if found["all_coders"] is None:
        yield [_line(notice) for notice in found["notices"]]
    else:
        yield from _alpha_tables(found, width)
        yield [_line(line) for line in (_thresholds(found), *_falls(found), *found["notices"])]
        yield [*_more(found)]
        yield [*_drawing(found)]
        yield [*_pairs(found, width)]
        yield [*_confusions(found)]
        yield [*_sureness(found)]
    yield from _disputes(found, disputes)


def _line(text: str) -> Text:
    return Text(shown(text))


def _table(name: str, *figures: str) -> Table:
    """Make a table whose first column holds names, which fold, and the others figures, which do not."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(Text(name), overflow="fold", min_width=10)
    for heading in figures:
        table.add_column(Text(heading), no_wrap=True, justify="right")
    return table


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _main(found: Mapping[str, Any]) -> Mapping[str, Any]:
    measured: Mapping[str, Any] = found["without_third_coders"] or found["all_coders"]
    return measured


def _units(found: Mapping[str, Any]) -> str:
    told, coders = found["paragraphs"], sum(coder["paragraphs"] > 0 for coder in found["coders"].values())
    double = told["by_two_or_more"]
    units = f"{_counted(coders, 'coder')}; {_counted(told['coded'], 'paragraph')} coded"
    if not double:
        return f"{units}."
    part = "all" if double == told["coded"] else f"{double:,}"
    return (
        f"{units}, {part} of them by two coders or more, from {_counted(told['articles'], 'article')}. In brackets: "
        f"95% intervals, {found['bootstrap']['draws']:,} draws of whole articles."
    )


def _alpha_tables(found: Mapping[str, Any], width: int) -> Iterator[Sequence[RenderableType]]:
    """Set alpha without third coders beside that of all where there is room, or else above it."""
    third = sorted(name for name, coder in found["coders"].items() if coder["third_coder_of_disputes"])
    columns = [("all coders", found["all_coders"])]
    if found["without_third_coders"]:
        heading = f"without {third[0]}" if len(third) == 1 and len(third[0]) <= 9 else "without third"
        columns.insert(0, (heading, found["without_third_coders"]))
    for together in [columns] if width >= _ROOM_FOR_TWO else [[column] for column in columns]:
        table = _table("Krippendorff's alpha", *(heading for heading, _ in together), "")
        _, first = together[0]
        for label, entry in (("all labels", first["overall"]), *first["per_frame"].items()):
            entries = [of["overall"] if entry is first["overall"] else of["per_frame"][label] for _, of in together]
            figures = (interval(one["krippendorff_alpha"]) for one in entries)
            table.add_row(_line(label), *figures, entry["level"] or "")
        yield [table]


def _thresholds(found: Mapping[str, Any]) -> str:
    told = found["thresholds"]
    judged = f"The last column judges {'the first' if found['without_third_coders'] else 'alpha'}"
    made = (
        ""
        if all(coder["kind"] == "person" for coder in found["coders"].values() if coder["paragraphs"])
        else " They were made for persons who code independently."
    )
    return f"{judged} by {told['source']}.{made}"


def _falls(found: Mapping[str, Any]) -> Iterator[str]:
    """Name what the low end of its interval puts on a lower level."""
    measured = _main(found)
    for level in ("tentative", "too low"):
        names = [
            name
            for name, entry in (("all labels", measured["overall"]), *measured["per_frame"].items())
            if entry["level_of_low"] == level != entry["level"]
        ]
        if names:
            yield f"At the low end of the interval {level}: {', '.join(names)}."


def _more(found: Mapping[str, Any]) -> Iterator[RenderableType]:
    measured = _main(found)
    entries = {"all labels": measured["overall"], **measured["per_frame"]}
    known = {name: entry for name, entry in entries.items() if entry["more_paragraphs"] is not None}
    unknown = [name for name in entries if name not in known]
    if any(entry["more_paragraphs"] for entry in known.values()):
        table = _table("for intervals of ±.05", "now", "more double-coded paragraphs")
        for name, entry in known.items():
            table.add_row(_line(name), f"±{decimals(entry['half_width'])}", f"{entry['more_paragraphs']:,}")
        yield table
        yield _line(
            "Roughly: the width shrinks with the square root of the number of articles, taken to be like these and to "
            f"have {measured['paragraphs'] / measured['articles']:.1f} double-coded paragraphs each. From few articles "
            "the number is more often too low than too high."
        )
    elif known:
        yield _line("All these intervals are ±.05 or narrower: that takes no more double-coded paragraphs.")
    if unknown:
        told = "how many more double-coded paragraphs an interval of ±.05 takes cannot be told"
        yield _line(f"Without an interval of some width, {told}: {', '.join(unknown)}.")


def _drawing(found: Mapping[str, Any]) -> Iterator[RenderableType]:
    drawing, total = found["drawing"], _main(found)["paragraphs"]
    yield _line(drawing["statement"])
    sample = drawing["sample"]
    if sample and (drawing["weighted"] or drawing["by_chance"] < total):
        table = _table("alpha, drawn by chance", "weighted" if drawing["weighted"] else "unweighted", "")
        for name, entry in (("all labels", sample["overall"]), *sample["per_frame"].items()):
            table.add_row(_line(name), interval(entry["krippendorff_alpha"]), entry["level"] or "")
        yield table


def _pairs(found: Mapping[str, Any], width: int) -> Iterator[RenderableType]:
    pairs = found["pairs"]
    table = _table("two coders", "both", "agree", "Cohen's kappa", "lenient")
    for pair in pairs[:_MOST_PAIRS]:
        raw, lenient = (decimals(pair[key]["value"], 2) for key in ("agreement", "agreement_with_runner_up"))
        if width >= _ROOM_FOR_TWO:
            raw = interval(pair["agreement"], 2)
        names = _line(f"{pair['first']}, {pair['second']}{'*' if pair['note'] else ''}")
        table.add_row(names, f"{pair['paragraphs']:,}", raw, interval(pair["cohen_kappa"], 2), lenient)
    yield table
    if len(pairs) > _MOST_PAIRS:
        yield _line(f"{len(pairs) - _MOST_PAIRS:,} more pairs, with less in common; --output writes all.")
    if any(pair["note"] for pair in pairs[:_MOST_PAIRS]):
        yield _line("* One of the two coded only what others differ on: no figure for the rest.")
    if any(pair["paragraphs"] < LEAST_COMMON for pair in pairs[:_MOST_PAIRS]):
        yield _line(f"Fewer than {LEAST_COMMON} paragraphs in common say hardly anything.")
    yield _line(
        "Lenient: the frame of one is the other's frame or runner-up. No measure of reliability, and not corrected for "
        "chance."
    )


def _confusions(found: Mapping[str, Any]) -> Iterator[RenderableType]:
    confusions = found["confusions"]
    if not confusions:
        yield _line("No two coders gave a paragraph different frames.")
        return
    table = _table("frames given to one paragraph", "times", "of all", "of either")
    for pair in confusions[:_MOST_CONFUSIONS]:
        shares = (percent(pair[key]) for key in ("share_of_disagreements", "share_of_paragraphs"))
        table.add_row(_line(f"{pair['first']}, {pair['second']}"), f"{pair['times']:,}", *shares)
    yield table
    if len(confusions) > _MOST_CONFUSIONS:
        yield _line(f"{len(confusions) - _MOST_CONFUSIONS:,} rarer ones; --output writes all.")
    yield _line(
        "Of all: of the times that two coders differ. Of either: paragraphs with both, of those with one or both."
    )


def _sureness(found: Mapping[str, Any]) -> Iterator[RenderableType]:
    table = _table("coders", "number", "agree", "alpha")
    for key, name in (("all_sure", "all sure"), ("some_unsure", "some unsure")):
        entry = found["sureness"][key]
        figures = (interval(entry[figure], 2) for figure in ("agreement", "krippendorff_alpha"))
        table.add_row(name, f"{entry['paragraphs']:,}", *figures)
    yield table


def _disputes(found: Mapping[str, Any], most: int) -> Iterator[Sequence[RenderableType]]:
    listed, settled = found["disputes"]["open"], found["disputes"]["settled_by_adjudicator"]
    where = "In dispute between these coders" if found["only_coders"] else "In dispute, without gold"
    told = f"{where}: {_counted(len(listed), 'paragraph')}. Settled by an adjudicator: {settled:,}."
    if len(listed) > most:
        told += f" Shown: {most:,}, the longest quarrel first."
    yield [_line(told)]
    for entry in listed[:most]:
        text = shown(entry["text"][:_LONGEST_START]) + ("…" if len(entry["text"]) > _LONGEST_START else "")
        lines = f"{_counted(entry['lines'], 'line')} written on it"
        yield [
            _line(f"{entry['paragraph']} ({len(entry['codings'])} codings, {entry['frames']} frames, {lines})"),
            Padding(Text(text), (0, 0, 0, 2)),
            *(Padding(_line(_coding(coding)), (0, 0, 0, 2)) for coding in entry["codings"]),
        ]


def _coding(coding: Mapping[str, Any]) -> str:
    role = " (adjudicator)" if coding["role"] == "adjudicator" else ""
    doubts = "" if coding["sure"] else ", unsure"
    doubts += f", or {coding['runner_up']}" if coding["runner_up"] else ""
    note = f" - {coding['note']}" if coding["note"] else ""
    return f"{coding['coder']}{role}: {coding['frame']}{doubts}{note}"

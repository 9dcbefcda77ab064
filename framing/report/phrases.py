"""Wording that the sections of a report share: counts, figures with their intervals, names, what was not measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from framing.codebook import Codebook
from framing.evaluation import wording
from framing.report.display import shown
from framing.report.document import Table, Text

MOST_ROWS = 25
MOST_COLUMNS = 12
LONGEST_NAME = 120
LONGEST_TEXT = 1_500
UNDEFINED = "not defined"
SHOWN_DIGITS = 3
# A difference with a p below this is taken for one.
FIRM = 0.05
# The one baseline that reads a paragraph in its article, as the model does.
READS_ARTICLE = "encoder_in_article"

Figured = Mapping[str, Any]


def figure(found: Figured, digits: int = 3, *, signed: bool = False) -> str:
    """Write a figure with its 95% interval, .645 [.610, .676]; what is not defined is said to be so."""
    if found["value"] is None:
        return UNDEFINED
    if found["low"] is None or found["high"] is None:
        return f"{wording.decimals(found['value'], digits, signed=signed)} (no interval)"
    return wording.interval(found, digits, signed=signed)


def number(value: float | None, digits: int = 3, *, signed: bool = False) -> str:
    """Write a number that has no interval."""
    return UNDEFINED if value is None else wording.decimals(value, digits, signed=signed)


def p_value(value: float | None) -> str:
    if value is None:
        return UNDEFINED
    return "<.001" if value < 0.001 else wording.decimals(value)


def count(value: float) -> str:
    """Write a count with commas; a mean of counts keeps one decimal."""
    rounded = round(float(value), 1)
    return f"{rounded:,.0f}" if rounded.is_integer() else f"{rounded:,.1f}"


def counted(value: float, noun: str, nouns: str | None = None) -> str:
    """Write a count with its noun: 1 paragraph, 2,422 paragraphs."""
    return f"{count(value)} {noun if value == 1 else nouns or noun + 's'}"


def share(part: float, whole: float) -> str:
    """Write a part of a whole as a percentage with one decimal."""
    return UNDEFINED if whole == 0 else f"{100 * part / whole:.1f}%"


def once(times: int) -> str:
    return {1: "once", 2: "twice"}.get(times, f"{times:,} times")


def listed(items: Iterable[str], *, last: str = "and") -> str:
    """Join items as a sentence does: a, b and c."""
    *before, end = list(items) or ["none"]
    return f"{', '.join(before)} {last} {end}" if before else end


def first_of(items: Sequence[str], most: int = 10) -> str:
    """Join the first items and count the others."""
    more = len(items) - most
    return listed(items) if more <= 0 else f"{', '.join(items[:most])} and {more:,} more"


def clipped(text: str, longest: int = LONGEST_TEXT) -> str:
    """Put a text that others wrote on one line, and no more of it than a reader wants."""
    text = shown(text)
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def first_sentence(text: str) -> str:
    """Cut a text behind its first full stop that a blank follows; without one it stays."""
    sentence, stop, _ = text.partition(". ")
    return sentence + stop.strip()


def named(name: object) -> str:
    """Make a name that others gave fit to be shown; a missing or empty one is said to be so."""
    text = "" if name is None else clipped(str(name), LONGEST_NAME)
    return text or "(no name)"


def title_of(codebook: Codebook, label: str | None) -> str:
    return named(None if label is None else codebook.title(label))


def quoted(codebook: Codebook, label: str) -> str:
    """Write a label's title as it stands within a sentence."""
    return f"'{title_of(codebook, label)}'"


def left_out(stratum: str) -> str:
    """Name the test in which the groups of a stratum are left out of training."""
    return f"Left out by {named(stratum.replace('_', ' '))}"


def side_of_zero(found: Figured) -> int | None:
    """Tell on which side of zero the whole interval of a difference lies: 1 or -1; 0 where it holds zero.

    None where there is no interval to judge by. Judged by as many digits as are shown, so that nobody finds the verdict
    at odds with the figures.
    """
    if found["low"] is None or found["high"] is None:
        return None
    return 1 if round(found["low"], SHOWN_DIGITS) > 0 else -1 if round(found["high"], SHOWN_DIGITS) < 0 else 0


def lies_above(one: Figured, other: Figured) -> bool:
    """Tell whether the whole interval of the one lies above that of the other, by the digits that are shown."""
    low, high = one["low"], other["high"]
    return low is not None and high is not None and round(low, SHOWN_DIGITS) > round(high, SHOWN_DIGITS)


def lone_macro_f1(evaluation: Mapping[str, Any]) -> Figured | None:
    """Give the macro-F1 of paragraphs that the model reads without their article.

    None where that was not measured, or every text stands alone.
    """
    if evaluation["protocol"]["articles"] == evaluation["protocol"]["paragraphs"]:
        return None
    lengths = ((evaluation.get("in_use") or {}).get("short_articles") or {}).get("lengths") or {}
    found: Figured | None = lengths["1"]["metrics"]["macro_f1"] if "1" in lengths else None
    return None if found is None or found["value"] is None else found


def not_measured(what: str, why: str) -> Text:
    """Say that a study is missing, and why."""
    reason = shown(why).rstrip(".")
    return Text(f"Not measured: {what}. Why: {reason}.")


def not_asked_for(evaluation: Mapping[str, Any], study: str) -> str:
    """Say why a study that an experiment may ask for is not in its evaluation."""
    if study in evaluation["protocol"]["studies"]:
        return "the evaluation holds nothing of it"
    return f"the experiment did not ask for it; '{study}' is not among its studies"


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, words: int = 1) -> Table:
    """Make a table whose first columns hold words, so many of them, and the others figures."""
    numeric = tuple(place >= words for place in range(len(columns)))
    return Table(tuple(columns), tuple(map(tuple, rows)), numeric, caption)


def bounded(
    caption: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    words: int = 1,
    most: int = MOST_ROWS,
    rest: str = "",
) -> list[Table | Text]:
    """Make a table of the first rows, and say how many more there are, and what is known of them."""
    shown_rows = table(caption, columns, rows[:most], words=words)
    more = len(rows) - most
    if more <= 0:
        return [shown_rows]
    return [shown_rows, Text(f"{more:,} more {'row is' if more == 1 else 'rows are'} not shown{rest}.")]

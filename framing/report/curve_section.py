"""What more labels would bring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from framing.report.document import Block, ReportSource, Section, Text
from framing.report.phrases import (
    bounded,
    clipped,
    count,
    counted,
    figure,
    not_asked_for,
    not_measured,
    number,
    share,
    table,
)

TITLE = "Learning curve"
QUESTION = "Would more labels help, and how many more?"


def curve_section(source: ReportSource) -> Section:
    from framing.report.curve_figures import learning_curve_figure

    evaluation = source.evaluation
    curve = evaluation.get("learning_curve")
    blocks: list[Block]
    if not curve or not curve.get("points"):
        blocks = [not_measured("the learning curve", not_asked_for(evaluation, "learning_curve"))]
    else:
        drawn = learning_curve_figure(source)
        blocks = [
            *_points(curve),
            *([] if drawn is None else [drawn]),
            *_table(curve),
            *_law(curve["power_law"], len(curve["points"])),
        ]
        blocks += [Text(f"Note: {clipped(note).rstrip('.')}.") for note in curve["notes"]]
    return Section("curve", TITLE, QUESTION, tuple(blocks))


def _points(curve: Mapping[str, Any]) -> Iterator[Block]:
    points = curve["points"]
    first, last = points[0], points[-1]
    yield Text(
        f"From {_articles(first)} training articles to {_articles(last)}, macro-F1 goes from "
        f"{figure(first['macro_f1'])} to {figure(last['macro_f1'])}."
    )
    if len(points) > 2:
        before = points[-2]
        yield Text(
            f"Of that, the last step, from {_articles(before)} to {_articles(last)}, goes from "
            f"{figure(before['macro_f1'])} to {figure(last['macro_f1'])}. Intervals of two sizes that overlap do not "
            "show that nothing was gained, since both rest on the same test articles; the gain of a single step was "
            "not tested."
        )
    yield Text(
        "For each size, a share of each training part's articles is drawn at random, those of a smaller share among "
        "those of a larger one; the whole recipe, inner folds too, is run on it and tested on the same test parts. "
        "Articles and paragraphs are means over the training parts; figures are means over "
        f"{counted(curve['repeats'], 'repeat')}."
    )


def _articles(point: Mapping[str, Any]) -> str:
    return count(point["articles"])


def _table(curve: Mapping[str, Any]) -> Iterator[Block]:
    rows = [
        (
            f"{100 * point['share']:.4g}%",
            _articles(point),
            count(point["paragraphs"]),
            figure(point["macro_f1"]),
            figure(point["accuracy"]),
        )
        for point in curve["points"]
    ]
    columns = ("Share of the training articles", "Articles", "Paragraphs with gold", "Macro-F1", "Accuracy")
    yield from bounded("The learning curve", columns, rows, words=0)


def _law(law: Mapping[str, Any], measured: int) -> Iterator[Block]:
    if "ahead" not in law:
        yield not_measured("what more articles would give", law.get("note") or "no law was fitted")
        return
    now = law["articles_now"]
    yield Text(
        f"Carried on by the law error = {number(law['a'])} + {number(law['b'])} · n^-{number(law['c'])}, n being the "
        "number of training articles and the error 1 less macro-F1 (an inverse power law, Figueroa et al. 2012, "
        f"fitted by least squares): three constants from {counted(measured, 'size')}."
    )
    if law["at_a_bound"]:
        yield Text(
            "The fit lies at a bound of what the law may be: the points do not tell where the curve ends.", "caution"
        )
    rows = [
        (
            count(one["articles"]),
            f"{one['articles'] / now:g} times" if one["articles"] != now else "all there are",
            figure(one["macro_f1"]),
        )
        for one in law["ahead"]
    ]
    yield table("Macro-F1 as the law has it", ("Training articles", "Of those labelled now", "Macro-F1"), rows, words=0)
    yield Text(_more(law))
    yield Text(
        f"In brackets: {clipped(law['interval'])}. The law is fitted within the sizes that were measured; beyond them "
        "nothing was tested. It also takes the new articles to be like these: labels of other regions or sources may "
        "bring more, or less, for texts of theirs.",
        "caution",
    )


def _more(law: Mapping[str, Any]) -> str:
    more, gain, now = law["more_articles_for_gain"], number(law["gain"], 2, signed=True), count(law["articles_now"])
    if more["value"] is None:
        return f"By that law {gain} of macro-F1 on what {now} articles give is never reached."
    low, high = ("no bound" if more[end] is None else count(more[end]) for end in ("low", "high"))
    never = law["draws_that_never_gain"]
    return (
        f"By that law {gain} of macro-F1 takes {counted(more['value'], 'more article')} than the {now} there are "
        f"(95% interval: {low} to {high})" + (f"; {share(never, 1)} of the draws never reach it." if never else ".")
    )

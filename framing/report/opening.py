"""The first screen of a report: what the model is for, and in five plain answers how far it can be trusted."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from framing.codebook import Codebook
from framing.evaluation.wording import decimals
from framing.report.calibration_section import stated_and_right
from framing.report.display import percent, shown
from framing.report.document import Figure, ReportSource
from framing.report.opening_failures import failures
from framing.report.phrases import (
    FIRM,
    READS_ARTICLE,
    clipped,
    counted,
    figure,
    first_of,
    first_sentence,
    listed,
    lone_macro_f1,
    named,
    title_of,
)

# Half the width of the interval that a sample of one's own should give its accuracy, and how many titles are named.
WITHIN = 0.05
MOST_TITLES = 9
LONGEST_TITLE = 60
# The question of the datasheet that says whether the texts are found, retold or made up.
ORIGIN = "datasheet.collection.acquired"
LONGEST_ORIGIN = 200


@dataclass(frozen=True)
class Opening:
    """The first screen.

    Attributes
    ----------
    title, digest : str
        The model's name, and the digest of its folder.
    purpose : str
        What it does, on what, for whom, and for what it is not made.
    sentences : tuple of (str, str)
        Five questions with their answers.
    figure : Figure or None
    """

    title: str
    digest: str
    purpose: str
    sentences: tuple[tuple[str, str], ...]
    figure: Figure | None


def opening(source: ReportSource) -> Opening:
    """Sum a report up; what was not measured is said not to be."""
    from framing.report.interval_figures import headline_figure

    evaluation, codebook = source.evaluation, source.artifact.codebook
    return Opening(
        title=named(source.artifact.name),
        digest=shown(str(source.artifact.manifest.get("digest", "not saved yet"))),
        purpose=_purpose(source),
        sentences=(
            ("How good is it?", " ".join(_quality(evaluation))),
            ("How sure can one be of a single label?", " ".join(_certainty(evaluation))),
            ("Where does it fail?", " ".join(failures(evaluation, codebook))),
            ("What did it learn from?", " ".join(_material(source))),
            ("What to do before trusting it on other texts?", _advice(evaluation)),
        ),
        figure=headline_figure(source),
    )


def _purpose(source: ReportSource) -> str:
    codebook = source.artifact.codebook
    description = clipped(str(source.artifact.manifest.get("description", ""))).rstrip(".:")
    frames = [clipped(frame.title, LONGEST_TITLE) for frame in codebook.frames]
    none = "" if codebook.residual is None else f", or “{title_of(codebook, codebook.residual)}”"
    coders = _coders(source.evaluation)
    return (
        f"{description + ': it' if description else 'It'} gives each {_unit(codebook)} the label that its coders"
        f"{f' ({_kinds(coders)})' if coders else ''} would give it, one of {counted(len(frames), 'frame')} "
        f"({first_of(frames, MOST_TITLES)}){none}; such models are for studies of how many texts are framed in which "
        "way that check part of them by hand, and not for a verdict on a single text, author or event."
    )


def _unit(codebook: Codebook) -> str:
    return clipped(codebook.unit, LONGEST_TITLE) or "paragraph"


def _coders(evaluation: Mapping[str, Any]) -> Counter[str | None]:
    """Count the coders by their kind, as far as the evaluation knows of them."""
    data = evaluation.get("data") or {}
    coders = data.get("coders") or (evaluation.get("consistency") or {}).get("coders") or {}
    return Counter(coder["kind"] for coder in coders.values())


def _kinds(coders: Counter[str | None]) -> str:
    told = [
        counted(coders["person"], "person", "people") if coders["person"] else "",
        counted(coders["program"], "program") if coders["program"] else "",
    ]
    unknown = coders.total() - coders["person"] - coders["program"]
    return listed([part for part in told if part] + ([f"{unknown:,} of a kind not told"] if unknown else []))


def _quality(evaluation: Mapping[str, Any]) -> Iterator[str]:
    protocol, metrics = evaluation["protocol"], evaluation["metrics"]
    alone = protocol["articles"] == protocol["paragraphs"]
    unit, whole = ("text", "") if alone else ("paragraph", " of articles")
    accuracy = metrics["accuracy"]
    if accuracy["value"] is None:
        yield "Nothing that has a settled label was tested, so that it is not known how often it is right."
        return
    yield (
        f"It was right in about {_in_words(accuracy['value'])} {unit}s{whole} that it had not learnt from: "
        f"{in_percent(accuracy)} got the label that the coding had settled on."
    )
    copies = evaluation.get("copies_in_training") or {"share_whose_article_also_trains": 0}
    if copies["share_whose_article_also_trains"]:
        yield (
            f"But {percent(copies['share_whose_article_also_trains'])} of the {unit}s tested had a copy, or others of "
            "their article, among those that it learnt from."
        )
    macro = metrics["macro_f1"]
    yield f"The mean over all labels, each counting alike (macro-F1), is {figure(macro)}{_rivals(evaluation)}."
    without = evaluation.get("without_boilerplate")
    if protocol["boilerplate"] and without and without["metrics"]["macro_f1"]["value"] is not None:
        rule = counted(protocol["boilerplate"], unit)
        yield f"Without the {rule} that a rule labels, macro-F1 is {decimals(without['metrics']['macro_f1']['value'])}."
    yield (
        "What stands in brackets are 95% intervals: which texts were tested is in them, which were learnt from and who "
        "coded is not."
    )


def _rivals(evaluation: Mapping[str, Any]) -> str:
    """Set the model against the best of the other methods."""
    measured = [found for found in evaluation.get("baselines", {}).values() if "metrics" in found]
    measured = [found for found in measured if found["metrics"]["macro_f1"]["value"] is not None]
    if not measured:
        return "; no other method was measured beside it"
    best = max(measured, key=lambda found: found["metrics"]["macro_f1"]["value"])
    difference = best["model_less_baseline"]["macro_f1"]["difference"]
    which = "the one other method" if len(measured) == 1 else f"the best of {len(measured)} other methods"
    told = f"; {which}, {named(best.get('title'))}, reaches {decimals(best['metrics']['macro_f1']['value'])}"
    told += f"{_read_alike(evaluation, best)}{_rivals_left(evaluation)}"
    if difference["low"] is None or difference["low"] <= 0 <= difference["high"]:
        return f"{told}, so that it is not shown to be better"
    if difference["low"] <= 0:
        return f"{told}, and is better"
    test = best["model_less_baseline"]["macro_f1"]["corrected_resampled_t"]
    if test is not None and test["p_value"] < FIRM:
        return told
    return f"{told}; a test that allows for learning from other texts does not show the model to be better"


def _rivals_left(evaluation: Mapping[str, Any]) -> str:
    """Count the methods that were not run: the best of the others may be among them."""
    skipped = sum("metrics" not in found for found in evaluation["baselines"].values())
    return f" ({skipped} more {'was' if skipped == 1 else 'were'} not run)" if skipped else ""


def _read_alike(evaluation: Mapping[str, Any], best: Mapping[str, Any]) -> str:
    """Tell what the model reaches by the paragraph alone, which is all that most other methods are given."""
    alone = lone_macro_f1(evaluation)
    if alone is None or best is evaluation["baselines"].get(READS_ARTICLE):
        return ""
    return f" from each paragraph alone, where this model reaches {decimals(alone['value'])}"


def _certainty(evaluation: Mapping[str, Any]) -> Iterator[str]:
    in_use = evaluation.get("in_use") or {}
    error = evaluation["metrics"].get("expected_calibration_error")
    if error is None or error["value"] is None:
        yield "How far its percentages can be believed was not measured."
    else:
        yield (
            f"Where it says 80%, it should be right in 80%; such figures are {_points(error['value'])} off on average "
            f"(calibration error {figure(error)}){_leaning(evaluation)}."
        )
    half = in_use.get("surest_half")
    if half and half["accuracy_of_kept"]["value"] is not None:
        yield f"In the half that it is surest of, {in_percent(half['accuracy_of_kept'])} are right."
    sets = in_use.get("conformal")
    if not sets or sets["coverage"]["value"] is None:
        yield "It names no sets of candidates that would hold the right label."
        return
    promised = percent(sets["promised"])
    reached = sets["coverage"]["value"] >= sets["promised"] or percent(sets["coverage"]["value"]) == promised
    kept = {
        True: ", as promised" if reached else f", where {promised} was promised, which the interval reaches",
        False: f", and not in the {promised} promised",
    }
    yield (
        f"The candidates that it names, {decimals(sets['mean_size']['value'], 1)} labels on average, hold the right "
        f"one in {in_percent(sets['coverage'])}{kept.get(sets['promise_kept'], '')}; only one is named in "
        f"{in_percent(sets['certain'])}."
    )


def _leaning(evaluation: Mapping[str, Any]) -> str:
    """Say to which side the probabilities err where they do so by half a point or more."""
    found = stated_and_right(evaluation.get("calibration") or {"bins": ()})
    apart = 0.0 if found is None else found[0] - found[1]
    return "" if abs(apart) < 0.005 else f", and on the whole too {'high' if apart > 0 else 'low'}"


def _material(source: ReportSource) -> Iterator[str]:
    evaluation = source.evaluation
    protocol, coders = evaluation["protocol"], _coders(evaluation)
    alone = protocol["articles"] == protocol["paragraphs"]
    texts = counted(protocol["paragraphs"], "text" if alone else "paragraph")
    whole = texts if alone else f"{texts} of {counted(protocol['articles'], 'article')}"
    if not coders:
        yield f"{whole}; who coded them is not told."
    elif coders["person"]:
        yield f"{whole}, coded by {_kinds(coders)}."
    elif coders["program"] == coders.total():
        yield (
            f"{whole}, coded by {_kinds(coders)} and no person: the figures say how well it does what programs did, "
            "and not whether people would agree."
        )
    else:
        yield f"{whole}, coded by {_kinds(coders)}; whether by people is not told."
    if origin := clipped(source.answers.get(ORIGIN, ""), LONGEST_ORIGIN):
        yield f"How the texts came about, as told: “{first_sentence(origin)}”"
    yield _drawn(evaluation.get("sampling"))


def _drawn(sampling: Mapping[str, Any] | None) -> str:
    """Say what the figures stand for."""
    drawn = Counter((sampling or {}).get("drawn_by") or {})
    if not drawn or set(drawn) == {"unknown"}:
        return "How these were chosen is not told, so that the figures hold for them and for no wider body of texts."
    by_chance = drawn["sample"]
    if not by_chance:
        return "They were chosen and not drawn by chance, so that the figures hold for texts like them and no others."
    if by_chance == drawn.total():
        return "They were drawn by chance, so that weighted figures hold for the texts they were drawn from."
    return (
        f"{by_chance:,} of {drawn.total():,} were drawn by chance; only the weighted figures rest on these, and "
        "hold for the texts they were drawn from."
    )


def _advice(evaluation: Mapping[str, Any]) -> str:
    accuracy = evaluation["metrics"]["accuracy"]["value"]
    likely = 0.5 if accuracy is None else accuracy
    # The normal approximation for a simple random sample, rounded up to tens.
    size = max(50, math.ceil(1.96**2 * likely * (1 - likely) / WITHIN**2 / 10) * 10)
    sample = (evaluation.get("sampling") or {}).get("sample")
    known = ""
    if sample and sample["metrics"]["accuracy"]["value"] is not None:
        known = (
            f"For the texts that its sample was drawn from, {in_percent(sample['metrics']['accuracy'])} are right, "
            "weighted; for any others: "
        )
    draw = "Draw a sample of your own texts by chance"
    return (
        f"{known}{draw[0].lower() + draw[1:] if known else draw} (framing queue --purpose sample --size {size}), have "
        f"people label it (framing label) and measure again (framing evaluate). {size} paragraphs tell to within some "
        f"{round(100 * WITHIN)} points how often it is right on them; a rare label takes more. Until then, its counts "
        "of your texts are no evidence, nor are its labels as a variable of a regression; and even then both are to be "
        "corrected by that sample (Egami et al. 2023), since errors do not cancel out (TeBlunthuis et al. 2024)."
    )


def in_percent(found: Mapping[str, Any]) -> str:
    """Write a share with its interval for readers who do not read intervals often: 65% (61% to 69%)."""
    if found["value"] is None:
        return "an unknown share"
    if found["low"] is None or found["high"] is None:
        return percent(found["value"])
    return f"{percent(found['value'])} ({percent(found['low'])} to {percent(found['high'])})"


def _points(share: float) -> str:
    return "less than 1 point" if share < 0.005 else counted(round(100 * share), "point")


def _in_words(share: float) -> str:
    """Say a share in small numbers where that is near enough: 2 in 3."""
    for whole in range(2, 11):
        part = round(share * whole)
        if 0 < part < whole and abs(part / whole - share) <= 0.02:
            return f"{part} in {whole}"
    return f"{round(100 * share)} in 100"

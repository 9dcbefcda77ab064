from __future__ import annotations

from rich.console import Console

from framing.cli.sampling_figures import OF_LABELS, sampling_lines
from framing.codebook import of_labels


def shown(without_gold: int) -> str:
    figure = {"value": 0.5, "low": 0.4, "high": 0.6}
    absent = {"value": 0.0, "low": None, "high": None}
    per_frame = {"drought": dict.fromkeys(("f1", "prevalence", "predicted_share"), figure)}
    per_frame["storm"] = dict.fromkeys(("f1", "prevalence", "predicted_share"), absent)
    sample = {"paragraphs": 150, "articles": 120, "population": 1500.0, "effective_paragraphs": 140.4}
    sample |= {"without_gold": without_gold, "metrics": dict.fromkeys(OF_LABELS, figure), "per_frame": per_frame}
    console = Console(width=100, highlight=False)
    with console.capture() as capture:
        for part in sampling_lines(
            {"sample": sample, "statement": "Said."}, of_labels("weather", ["drought", "storm"])
        ):
            console.print(part)
    return capture.get()


def test_it_is_told_what_of_a_sample_is_not_in_its_figures() -> None:
    text = " ".join(shown(without_gold=7).split())
    assert "150 paragraphs of 120 articles, drawn by chance, stand for some 1,500 (and are worth 140 of" in text
    assert "is not coded, set aside or in dispute (7) is left out: where that is hard, the figures are too good" in text
    assert text.endswith("Said.")


def test_a_frame_that_the_sample_does_not_hold_has_no_interval() -> None:
    lines = shown(without_gold=0).splitlines()
    [storm] = [line for line in lines if "storm" in line]
    assert "[" not in storm
    [drought] = [line for line in lines if "drought" in line]
    assert drought.count("[.40, .60]") == 3

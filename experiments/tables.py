"""The tables that README.md and experiments/README.md show, made from committed results."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parent))
from marked_page import between  # noqa: F401 - what the tables are put into a page with

from framing.evaluation.wording import interval

HOME = Path(__file__).parent
RESULTS = HOME / "results"
AGAINST_MAIN = RESULTS / "against-main"
MAIN = "conflict-frames"
HEADLINE = {
    "accuracy": "accuracy",
    "macro_f1": "macro-F1, all labels",
    "macro_f1_frames": "macro-F1, frames only",
    "micro_f1_frames": "micro-F1, frames only",
    "cohen_kappa": "Cohen's kappa",
    "log_loss": "log loss",
    "brier": "Brier score (0 to 2)",
    "expected_calibration_error": "expected calibration error",
}
STRATA = {"region": "region", "conflict": "conflict", "outlet_type": "kind of outlet", "year": "end of the years"}


def names() -> list[str]:
    """List the experiments, the main one first."""
    found = sorted(path.stem for path in HOME.glob("*.toml"))
    return [MAIN, *(name for name in found if name != MAIN)]


def of_experiments() -> str:
    """Set all experiments side by side."""
    columns = (
        "experiment", "data", "accuracy", "macro-F1", "micro-F1", "best baseline's macro-F1", "less the main recipe's",
        "regions left out: macro-F1", "less the main recipe's",
    )  # fmt: skip
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for name in names():
        path = RESULTS / f"{name}.json"
        if path.exists():
            lines.append(_experiment(name, json.loads(path.read_text(encoding="utf-8"))))
    return "\n".join(lines)


def of_model(evaluation: dict[str, Any]) -> str:
    """Show what one model's evaluation found: headline figures, frames, shift."""
    best, majority = _best_baseline(evaluation), evaluation["baselines"]["majority"]
    lines = [f"| | model | {best['title']} | {majority['title']} |", "|---|---|---|---|"]
    for key, title in HEADLINE.items():
        cells = [
            interval(side["metrics"][key]) if key in side["metrics"] else "" for side in (evaluation, best, majority)
        ]
        lines.append(f"| {title} | {' | '.join(cells)} |")
    lines += ["", "| | precision | recall | F1 | paragraphs |", "|---|---|---|---|---|"]
    for label in evaluation["confusion"]["labels"]:
        frame = evaluation["per_frame"][label]
        cells = [interval(frame[name]) for name in ("precision", "recall", "f1")]
        lines.append(f"| `{label}` | {' | '.join(cells)} | {frame['support']} |")
    if "shift" in evaluation:
        lines += [
            "",
            "| left out of training | macro-F1 on what was left out | loss | worst, mean F1 of its labels |",
            "|---|---|---|---|",
        ]
        found = evaluation["shift"]
        lines += [_shift(title, found[name]) for name, title in STRATA.items() if found.get(name, {}).get("worst")]
    return "\n".join([*lines, *_in_use(evaluation)])


def _experiment(name: str, result: dict[str, Any]) -> str:
    figures, protocol = result["metrics"], result["protocol"]
    versus = AGAINST_MAIN / f"{name}.json"
    against = json.loads(versus.read_text(encoding="utf-8")) if versus.exists() else {}
    less = against["b_less_a"]["macro_f1"] if against else None
    left_out = result.get("shift", {}).get("region", {}).get("metrics")
    left_out_less = against.get("left_out", {}).get("region")
    best = _best_baseline(result) if len(result["baselines"]) > 1 else None
    folds = "published folds" if protocol["published_folds"] else f"{protocol['repeats']} × {protocol['folds']} folds"
    cells = [
        f"[{name}]({name}.toml): {protocol['experiment']['description']}",
        f"{protocol['with_gold']:,}, {folds}",
        interval(figures["accuracy"]),
        interval(figures["macro_f1"]),
        interval(figures["micro_f1"]),
        "" if best is None else f"{best['title']} {interval(best['metrics']['macro_f1'])}",
        "" if less is None else interval(less, signed=True),
        "" if left_out is None else interval(left_out["macro_f1"]),
        "" if left_out_less is None else interval(left_out_less["b_less_a"], signed=True),
    ]
    return f"| {' | '.join(cells)} |"


def _best_baseline(result: dict[str, Any]) -> dict[str, Any]:
    measured = [of for of in result["baselines"].values() if "metrics" in of]
    best: dict[str, Any] = max(measured, key=lambda of: of["metrics"]["macro_f1"]["value"])
    return best


def _in_use(evaluation: dict[str, Any]) -> list[str]:
    """Set what is known from the text alone beside what is known with the kind of outlet told."""
    parts = [("", evaluation), ("region left out: ", evaluation.get("shift", {}).get("region", {}))]
    lines = ["", "| | the text alone | the kind of outlet told |", "|---|---|---|"]
    for where, part in parts:
        alone = part.get("in_use", {})
        if "source_known" not in alone:
            continue
        told = alone["source_known"]
        rows = {
            "macro-F1": (part["metrics"]["macro_f1"], told["metrics"]["macro_f1"]),
            "calibration error": tuple(side["probabilities"]["expected_calibration_error"] for side in (alone, told)),
            "accuracy on the surest half": tuple(side["surest_half"]["accuracy_of_kept"] for side in (alone, told)),
            "sets that hold the gold label": tuple(side["conformal"]["coverage"] for side in (alone, told)),
        }
        lines += [f"| {where}{name} | {interval(one)} | {interval(other)} |" for name, (one, other) in rows.items()]
    return lines if len(lines) > 3 else []


def _shift(title: str, found: dict[str, Any]) -> str:
    worst = next(group for group in found["groups"] if group["name"] == found["worst"])
    return (
        f"| one {title} at a time | {interval(found['metrics']['macro_f1'])} | "
        f"{interval(found['drop']['macro_f1'], signed=True)} | "
        f"{worst['name']} {interval(worst['macro_f1_of_present_labels'])} |"
    )

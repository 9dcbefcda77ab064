"""What the labelled paragraphs are: counts that a report tells, and what their makers told of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.annotation.records import LabelledParagraphs


def describe_data(data: LabelledParagraphs, boilerplate: NDArray[np.bool_]) -> dict[str, Any]:
    """Count the labelled paragraphs in every respect that is known of them.

    Parameters
    ----------
    data : LabelledParagraphs
    boilerplate : ndarray of bool, shape (n_paragraphs,)

    Returns
    -------
    dict
        Counts of paragraphs and articles, in all and of each gold label, stratum, source and coder; lengths; and under
        ``datasheet`` the answers of the labels' makers, by the question's id.
    """
    labels = data.codebook.labels
    gold = np.array([*labels, ""])[data.gold].tolist()
    return {
        "paragraphs": len(data.ids),
        "articles": len(set(data.articles)),
        "with_gold": int((data.gold >= 0).sum()),
        "boilerplate": int(boilerplate.sum()),
        "ours": data.ours,
        "words_per_paragraph": _spread([len(text.split()) for text in data.texts]),
        "paragraphs_per_article": _spread(list(Counter(data.articles).values())),
        "labels": {
            label: {"paragraphs": gold.count(label), "articles": len(_articles(data, gold, label))} for label in labels
        },
        "strata": {name: _groups(data, values, gold) for name, values in data.strata.items()},
        "sources": [
            {"name": name, "articles": len(_articles(data, data.sources, name)), "paragraphs": count}
            for name, count in sorted(Counter(data.sources).items(), key=lambda item: (-item[1], item[0]))
            if name
        ],
        "coders": {
            coder: {
                "kind": data.coder_kinds.get(coder),
                "description": data.coder_descriptions.get(coder),
                "paragraphs": int((places >= 0).sum()),
            }
            for coder, places in data.codings.items()
        },
        "datasheet": dict(data.datasheet),
    }


def _groups(data: LabelledParagraphs, values: Sequence[str], gold: Sequence[str]) -> list[dict[str, Any]]:
    pairs = Counter(zip(values, gold, strict=True))
    articles: dict[str, set[str]] = {}
    for value, article in zip(values, data.articles, strict=True):
        articles.setdefault(value, set()).add(article)
    return [
        {
            "name": name,
            "articles": len(articles[name]),
            "paragraphs": count,
            "labels": {label: pairs[name, label] for label in data.codebook.labels},
        }
        for name, count in sorted(Counter(values).items())
    ]


def _articles(data: LabelledParagraphs, values: Sequence[str], wanted: str) -> set[str]:
    return {article for value, article in zip(values, data.articles, strict=True) if value == wanted}


def _spread(numbers: Sequence[int]) -> dict[str, Any]:
    quartiles = np.percentile(numbers, [25, 50, 75]).round(1).tolist()
    return {"least": min(numbers), "quartiles": quartiles, "most": max(numbers)}

"""What an evaluation and a model folder say of data, protocol and model, in sentences that the checklists share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from framing.report.document import ReportSource
from framing.report.phrases import clipped, count, counted, figure, first_of, listed, named, number, once, title_of

Found = Mapping[str, Any]

# What inner folds choose: the key in a fold and in the manifest, the setting with its values, and its name.
CHOICES = {
    "weighting": (("features", "weighting"), "weighting of terms"),
    "C": (("classifier", "C"), "C"),
    "smoothing": (("smoothing", "strength"), "variance shared by words near in meaning"),
    "pieces": (("smoothing", "pieces"), "pieces of words outside of the word table"),
    "article": (("context", "article"), "variance of the article's weights"),
    "source_weight": (("context", "source_weight"), "weight of the kind of source"),
    "emission": (("decoding", "emission"), "weight of a paragraph's own words in decoding"),
}


def experiment(source: ReportSource) -> Found:
    found: Found = source.evaluation["protocol"]["experiment"]
    return found


def alone(source: ReportSource) -> bool:
    """Tell whether every text stands by itself, so that there are no articles of several paragraphs."""
    protocol = source.evaluation["protocol"]
    return bool(protocol["articles"] == protocol["paragraphs"])


def amount(source: ReportSource) -> str:
    """Tell how much was labelled: '2,422 paragraphs of 278 articles'."""
    protocol = source.evaluation["protocol"]
    if alone(source):
        return f"{counted(protocol['paragraphs'], 'text')}, each by itself"
    return f"{counted(protocol['paragraphs'], 'paragraph')} of {counted(protocol['articles'], 'article')}"


def with_gold(source: ReportSource) -> str:
    protocol = source.evaluation["protocol"]
    return f"{count(protocol['with_gold'])} of {count(protocol['paragraphs'])} have a gold label"


def label_counts(source: ReportSource) -> str:
    """Tell how often each label is gold, in the codebook's order."""
    codebook, per_frame = source.artifact.codebook, source.evaluation["per_frame"]
    parts = [f"{title_of(codebook, label)} {count(per_frame[label]['support'])}" for label in codebook.labels]
    return first_of(parts, 15)


def drawing(source: ReportSource) -> str | None:
    """Tell how the labelled texts were drawn, and what the figures hold for by that."""
    sampling = source.evaluation.get("sampling")
    return clipped(sampling["statement"]) if sampling else None


def coders(source: ReportSource) -> str | None:
    """Tell how many persons and how many programs coded."""
    told = (source.evaluation.get("data") or {}).get("coders") or (source.evaluation.get("consistency") or {}).get(
        "coders"
    )
    if not told:
        return None
    kinds = Counter(coder["kind"] for coder in told.values())
    parts = [counted(kinds[kind], kind) for kind in ("person", "program") if kinds[kind]]
    unknown = len(told) - kinds["person"] - kinds["program"]
    parts += [f"{counted(unknown, 'coder')} of a kind that is not told"] if unknown else []
    return f"Coded by {listed(parts)}."


def agreement(source: ReportSource) -> str | None:
    """Tell how far the coders agree, and what that is worth."""
    consistency = source.evaluation.get("consistency") or {}
    together = consistency.get("without_third_coders") or consistency.get("all_coders")
    if not together:
        return None
    alpha = figure(together["krippendorff_alpha"])
    return f"Krippendorff's alpha between the coders is {alpha}. {clipped(consistency['statement'] or '')}".strip()


def split_plan(source: ReportSource) -> str:
    """Tell how the model was tested."""
    protocol = source.evaluation["protocol"]
    whole = "" if alone(source) else ", articles kept whole"
    if protocol["published_folds"]:
        plan = f"the {protocol['folds']} folds published with the data, {once(protocol['repeats'])}"
    else:
        plan = f"{protocol['folds']} folds{whole}, {once(protocol['repeats'])}"
    sizes = sorted(fold["test"] for fold in source.evaluation["folds"])
    tested = f"; {count(sizes[0])} to {count(sizes[-1])} paragraphs are tested in a fold" if sizes else ""
    return (
        f"Nested cross-validation: {plan}{tested}. In the training part of each fold {protocol['inner_folds']} inner "
        f"folds choose by {named(protocol['tuning_metric']).replace('_', ' ')}. Seed {protocol['seed']}."
    )


def duplicates(source: ReportSource) -> str:
    protocol = source.evaluation["protocol"]
    least, pairs = f"{protocol['near_duplicate']:g}", protocol["near_duplicate_pairs"]
    found = (
        f"{counted(pairs, 'pair')} of copies or near-copies (a resemblance of {least} or more) in different articles"
    )
    if protocol["published_folds"]:
        return f"{found}; {counted(protocol['pairs_across_folds'], 'pair')} stand in different published folds."
    return f"{found}; articles with such a pair share a fold."


def uncertainty(source: ReportSource) -> str:
    protocol = source.evaluation["protocol"]
    return f"{count(protocol['bootstrap'])} bootstrap draws; {clipped(protocol['interval'])}."


def kind_of_model(source: ReportSource) -> str | None:
    """Tell what the model is made of, by what was chosen for it."""
    chosen, settings = source.artifact.manifest.get("chosen"), experiment(source)
    if chosen is None:
        return None
    terms = "words and pairs of words" if tuple(settings["features"]["ngrams"]) == (1, 2) else "words"
    parts = [f"A linear model: multinomial logistic regression over TF-IDF of {terms}"]
    if chosen.get("smoothing"):
        parts.append("words share weights with their neighbours in meaning by a table of word vectors")
    if chosen.get("article"):
        parts.append("the mean of the article's words counts beside the paragraph's own")
    if chosen.get("source_weight") and settings["context"]["source"]:
        parts.append("the kind of source counts where it is told")
    if chosen.get("emission"):
        parts.append("labels are decoded along the article by a forward-backward pass")
    if chosen.get("temperature"):
        parts.append("probabilities are calibrated by a temperature and by conformal sets")
    return f"{'; '.join(parts)}."


def tuning(source: ReportSource) -> str | None:
    """Tell what inner folds chose of which values, for the model and over the outer folds."""
    chosen, settings = source.artifact.manifest.get("chosen", {}), experiment(source)
    parts = []
    for key, ((table, setting), name) in CHOICES.items():
        values = settings[table][setting]
        if len(values) < 2 or chosen.get(key) is None:
            continue
        often = Counter(fold[key] for fold in source.evaluation["folds"] if fold.get(key) is not None)
        told = [f"{_value(value)} ({once(often[value])})" for value in values if often[value]]
        over = f"; in the outer folds {listed(told)}" if told else ""
        parts.append(f"{name}: {_value(chosen[key])}, of {', '.join(map(_value, values))}{over}")
    return f"{'. '.join(map(sentence, parts))}." if parts else None


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, int | float) else clipped(str(value))


def digest_of_labels(source: ReportSource) -> str:
    protocol = source.evaluation["protocol"]
    return f"SHA-256 of the labels {named(protocol['labels'])}, of the codebook {named(protocol['codebook'])}"


def versions(source: ReportSource) -> str | None:
    told = source.artifact.manifest.get("versions") or {}
    return listed(f"{named(name)} {named(version)}" for name, version in told.items()) if told else None


def together(*sentences: str | None) -> str | None:
    """Put the sentences that there are one after another; None where there is none."""
    return " ".join(sentence for sentence in sentences if sentence) or None


def transformations(source: ReportSource) -> str:
    """Tell what is done to a text before the model's weights come in."""
    features = experiment(source)["features"]
    if features["encoder"]:
        return "A sentence encoder turns each paragraph into a vector."
    steps = ["Names are put out of sight"] if features["mask_names"] else []
    steps.append("texts are put in lower case and cut into words of two signs or more")
    grams = "words and pairs of words" if tuple(features["ngrams"]) == (1, 2) else "words"
    if features["min_df"] > 1:
        grams += f" that stand in at least {features['min_df']} paragraphs of the training part"
    if features["characters"]:
        grams += f", and {features['characters'][0]} to {features['characters'][1]} signs within words,"
    frequency = "the logarithm of their frequency" if features["sublinear_tf"] else "their frequency"
    weights = listed([{"idf": "inverse document frequency"}.get(one, clipped(one).replace("_", " "))
                      for one in features["weighting"]], last="or")  # fmt: skip
    steps.append(f"{grams} are weighed by {frequency} and by {weights}, and each text is scaled to length 1")
    told = "; ".join(steps)
    return f"{sentence(told)}."


def boilerplate(source: ReportSource) -> str | None:
    """Tell what becomes of paragraphs that are no part of the story."""
    found, residual = source.evaluation["protocol"]["boilerplate"], source.artifact.codebook.residual
    if not found or residual is None:
        return None
    return (
        f"{counted(found, 'paragraph is', 'paragraphs are')} boilerplate by rule and "
        f"{'gets' if found == 1 else 'get'} the label {title_of(source.artifact.codebook, residual)} without a look "
        "at the words."
    )


def undecided(source: ReportSource) -> str | None:
    """Tell how many paragraphs have no gold, and what they could change."""
    protocol = source.evaluation["protocol"]
    without = protocol["paragraphs"] - protocol["with_gold"]
    if not without:
        return None
    told = f"{counted(without, 'paragraph has', 'paragraphs have')} no gold label and count in no figure"
    bounds = source.evaluation.get("undecided_gold") or {}
    if not bounds.get("low"):
        return f"{told}."
    low, high = (number(bounds[side]["macro_f1"]) for side in ("low", "high"))
    return f"{told}; settled on one coder's label or another's they would make macro-F1 {low} to {high}."


def groups_of(source: ReportSource) -> dict[str, list[Found]]:
    """Give what is known of where the texts are from: each stratum's groups with their counts."""
    found: dict[str, list[Found]] = (source.evaluation.get("data") or {}).get("strata") or {}
    return found


def ours(source: ReportSource) -> bool:
    """Tell whether the labels are of a labels folder, and no table of others."""
    return experiment(source)["data"]["csv"] is None


def origin(source: ReportSource) -> str | None:
    """Tell where a table of others' labels is from."""
    settings = experiment(source)["data"]
    if settings["csv"] is None:
        return None
    digest = f", SHA-256 {named(settings['sha256'])}" if settings["sha256"] else ""
    told = f" of {clipped(settings['source']).rstrip('.')}" if settings["source"] else ""
    return f"They are from a table of others{told} ({named(settings['csv'])}{digest})."


def sentence(text: str) -> str:
    """Begin a sentence with a capital."""
    return text[:1].upper() + text[1:]

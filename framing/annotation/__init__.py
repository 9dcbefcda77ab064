from framing.annotation.checks import CoderCounts, LabelsReport, check_labels
from framing.annotation.coders import Coder, CoderKind, read_coders
from framing.annotation.csv_labels import read_csv_paragraphs
from framing.annotation.dataset import labelled_paragraphs
from framing.annotation.gold import GoldCounts, Judgements, count_gold, resolve
from framing.annotation.json_lines import Finding
from framing.annotation.labels import Labels, read_labels
from framing.annotation.records import Annotation, DrawnBy, LabelledParagraphs

__all__ = [
    "Annotation",
    "Coder",
    "CoderCounts",
    "CoderKind",
    "DrawnBy",
    "Finding",
    "GoldCounts",
    "Judgements",
    "LabelledParagraphs",
    "Labels",
    "LabelsReport",
    "check_labels",
    "count_gold",
    "labelled_paragraphs",
    "read_coders",
    "read_csv_paragraphs",
    "read_labels",
    "resolve",
]

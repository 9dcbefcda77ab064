"""The labels that travel with the package: whole, sound, and described truly."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from framing.annotation import check_labels, labelled_paragraphs, read_labels

FOLDER = Path(__file__).parents[2] / "labels"
PARAGRAPH_KEYS = ["id", "article", "position", "text", "outlet_type", "conflict", "year", "source"]
ANNOTATION_KEYS = [
    "paragraph",
    "frame",
    "sure",
    "runner_up",
    "codebook_version",
    "labelled_at",
    "drawn_by",
    "inclusion_probability",
    "note",
]


@pytest.fixture(scope="module")
def labels():
    return read_labels(FOLDER)


@pytest.fixture(scope="module")
def datasheet():
    return (FOLDER / "README.md").read_text(encoding="utf-8")


def table_rows(datasheet):
    """Read every table row of the datasheet: the first cell, bare of its signs, and the cells after it."""
    rows = {}
    for line in datasheet.splitlines():
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            rows[re.sub(r"`| \(.*\)", "", cells[0])] = [cell.replace(",", "") for cell in cells[1:]]
    return rows


def test_it_passes_the_check():
    report = check_labels(FOLDER)
    assert report.faults == ()
    assert report.notes == ()
    assert (report.paragraphs, report.articles) == (2422, 278)
    assert (report.gold.agreed, report.gold.disputed) == (2420, 2)
    assert (report.gold.single, report.gold.uncoded) == (0, 0)
    assert sum(coder.annotations for coder in report.coders.values()) == 4929


def test_keys_stand_in_the_order_of_the_format():
    paragraphs = (FOLDER / "paragraphs.jsonl").read_text(encoding="utf-8").splitlines()
    assert {tuple(json.loads(line)) for line in paragraphs} == {tuple(PARAGRAPH_KEYS)}
    for path in (FOLDER / "annotations").glob("*.jsonl"):
        codings = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        assert {tuple(coding) for coding in codings} == {tuple(ANNOTATION_KEYS)}
        assert {coding["drawn_by"] for coding in codings} == {"purposive"}
        unknown = {(coding["labelled_at"], coding["inclusion_probability"], coding["note"]) for coding in codings}
        assert unknown == {(None, None, None)}


def test_it_makes_labelled_paragraphs(labels):
    paragraphs = labelled_paragraphs(labels)
    assert paragraphs.targets.shape == (2422, 5)
    assert (paragraphs.gold == -1).sum() == 2
    assert len(set(paragraphs.articles)) == 278


def test_every_region_and_conflict_is_used(labels):
    assert {paragraph.conflict for paragraph in labels.paragraphs} == set(labels.conflicts.regions)
    assert len(set(labels.conflicts.regions.values())) == 7


def test_all_coders_are_told_to_be_programs(labels):
    paragraphs = labelled_paragraphs(labels)
    assert set(paragraphs.coder_kinds) == set(paragraphs.codings) == set(labels.annotations)
    assert set(paragraphs.coder_kinds.values()) == {"program"}
    assert all("language model" in coder.description for coder in labels.coders.values())


def test_all_strata_are_known_of_every_paragraph(labels):
    strata = labelled_paragraphs(labels).strata
    assert list(strata) == ["region", "conflict", "outlet_type", "year"]
    assert all(all(values) for values in strata.values())


def test_every_file_is_in_the_datasheets_list(datasheet):
    files = {path.name for path in FOLDER.iterdir() if path.is_file()} - {"README.md"}
    assert {name for name in files if f"| `{name}` |" in datasheet} == files


def test_the_datasheet_opens_with_what_the_texts_and_codings_are(datasheet):
    opening = " ".join(datasheet.split("\n\n")[1].split())
    for words in ("retell public reports", "language model", "may err", "language-model coders", "not human agreement"):
        assert words in opening


def test_the_datasheet_counts_truly(labels, datasheet):
    rows = table_rows(datasheet)
    report = check_labels(FOLDER)
    for frame, count in report.gold_frames.items():
        # The table of alphas repeats the frames; the first table is the one of gold.
        assert f"| `{frame}` | {count} |" in datasheet
    for coder, counts in report.coders.items():
        assert rows[coder] == [str(n) for n in (counts.annotations, counts.unsure, *counts.frames.values())]
    for kind in (lambda p: labels.conflicts.regions[p.conflict], lambda p: p.outlet_type):
        paragraphs = Counter(kind(paragraph) for paragraph in labels.paragraphs)
        articles = Counter(name for _, name in {(p.article, kind(p)) for p in labels.paragraphs})
        for name, count in paragraphs.items():
            assert rows[name] == [str(articles[name]), str(count)]
    spans = [re.fullmatch(r"(\d{4}) to (\d{4})", first) for first in rows]
    for begin, end in [map(int, span.groups()) for span in spans if span]:
        within = [p for p in labels.paragraphs if begin <= p.year <= end]
        assert rows[f"{begin} to {end}"] == [str(len({p.article for p in within})), str(len(within))]


def nominal_alpha(units):
    """Krippendorff's alpha by counting pairs one by one."""
    coincidences = Counter()
    for codings in units:
        for place, one in enumerate(codings):
            for other in codings[:place] + codings[place + 1 :]:
                coincidences[one, other] += 1 / (len(codings) - 1)
    margins = Counter()
    for (one, _), weight in coincidences.items():
        margins[one] += weight
    n = sum(margins.values())
    observed = sum(weight for (one, other), weight in coincidences.items() if one != other) / n
    expected = 1 - sum(weight * (weight - 1) for weight in margins.values()) / (n * (n - 1))
    return 1 - observed / expected


def test_nominal_alpha_of_a_known_example():
    # Worked out by hand.
    units = [["a", "a"], ["a", "b"], ["b", "b"], ["b", "b"]]
    # n = 8, margins a 3, b 5; observed 2/8; expected 1 - (6 + 20) / 56 = 30/56.
    assert nominal_alpha(units) == pytest.approx(1 - (2 / 8) / (30 / 56))


def test_the_datasheets_alphas_are_those_of_the_codings(labels, datasheet):
    rows = table_rows(datasheet)
    two = {coder: records for coder, records in labels.annotations.items() if coder != "lm-g"}

    def units(coders, reading=lambda annotation: annotation.frame):
        codings = {}
        for coder in coders:
            for record in labels.annotations[coder]:
                codings.setdefault(record.annotation.paragraph, []).append(reading(record.annotation))
        return [unit for unit in codings.values() if len(unit) > 1]

    def shown(value):
        return f"{value:.3f}".removeprefix("0")

    for name, coders in {
        "the two independent coders of each paragraph": two,
        "with the third coder of the disputes": labels.annotations,
        "lm-a, lm-b": ["lm-a", "lm-b"],
        "lm-c, lm-d": ["lm-c", "lm-d"],
        "lm-e, lm-f": ["lm-e", "lm-f"],
    }.items():
        assert rows[name][2].startswith(shown(nominal_alpha(units(coders))))
        assert rows[name][0] == str(len(units(coders)))
        assert rows[name][1] == str(sum(len(set(unit)) > 1 for unit in units(coders)))
    for frame in labels.codebook.labels:
        alpha = nominal_alpha(units(two, lambda annotation, frame=frame: annotation.frame == frame))
        assert rows[frame][0].startswith(shown(alpha))

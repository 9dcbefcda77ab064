"""One article as one self-contained html page: its paragraphs in reading order, each under its frame."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from framing.artifact.classified import ClassifiedParagraph
from framing.codebook import Codebook
from framing.palette import DARK, LIGHT, RESIDUAL_LOOK, FrameLook, looks
from framing.report.display import percent, shown
from framing.report.evidence import evidence_runs
from framing.report.templating import environment

# Device names that Windows keeps for itself under any extension, and the name of a folder's own page.
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d|conin|conout|clock|index)(\.|$)", re.IGNORECASE)
_LONGEST_STEM = 80


@dataclass(frozen=True)
class _Label:
    """A label as the page shows it; ``style`` is the name of its CSS class."""

    style: str
    title: str
    question: str
    look: FrameLook
    count: int
    share: float


@dataclass(frozen=True)
class _Run:
    """A stretch of a text; ``lenders`` is a remark on evidence that is borrowed, and empty for all else."""

    text: str
    evidence: bool
    lenders: str


@dataclass(frozen=True)
class _Share:
    """A part of a score as the page shows it; ``width`` is its size against the article's largest."""

    name: str
    value: str
    width: float
    against: bool


@dataclass(frozen=True)
class _Passage:
    """A paragraph as the page shows it."""

    number: int
    runs: list[_Run]
    label: _Label
    probability: float | None
    uncertain: bool
    any_other: bool
    others: list[_Label]
    shares: list[_Share]


def article_page(
    paragraphs: Sequence[ClassifiedParagraph],
    codebook: Codebook,
    *,
    title: str,
    model_description: str,
    selection: str = "",
    overview: str = "",
) -> str:
    """Show an article's paragraphs with their frames.

    Parameters
    ----------
    paragraphs : sequence of ClassifiedParagraph
        One article, in order.
    codebook : Codebook
        The one the paragraphs were classified by.
    title, model_description, selection : str
        Plain text; like all else on the page they are escaped. The last says by what rule paragraphs were left out.
    overview : str
        The name of the page in the same folder that shows all articles, where there is one.

    Returns
    -------
    str
        An html document without scripts that loads nothing, to be saved as UTF-8.
    """
    story = [paragraph for paragraph in paragraphs if not paragraph["boilerplate"]]
    labels, unlabelled = _labels(story, codebook)
    largest = max((abs(value) for paragraph in story for _, value in _parts(paragraph)), default=0.0)
    sections = [
        (boilerplate, [_passage(paragraph, labels, unlabelled, largest) for paragraph in group])
        for boilerplate, group in groupby(paragraphs, key=lambda paragraph: paragraph["boilerplate"])
    ]
    return (
        environment()
        .get_template("article_page.html")
        .render(
            title=shown(title) or "Untitled",
            model=shown(model_description),
            codebook_name=shown(f"{codebook.name} {codebook.version}"),
            language=shown(codebook.language),
            selection=shown(selection),
            overview=overview,
            warnings=list(dict.fromkeys(shown(warning) for paragraph in story for warning in paragraph["warnings"])),
            borrowed=any(paragraph["borrowed"] for paragraph in story),
            explained=any(paragraph["shares"] for paragraph in story),
            labels=list(labels.values()),
            styled=[*labels.values(), unlabelled],
            sections=sections,
            classified=len(story),
            boilerplate=len(paragraphs) - len(story),
            calibrated=any(paragraph["uncertain"] is not None for paragraph in story),
            uncertain=sum(bool(paragraph["uncertain"]) for paragraph in story),
            digits=len(str(paragraphs[-1]["paragraph"] + 1)) if paragraphs else 1,
            light=LIGHT,
            dark=DARK,
            percent=percent,
        )
    )


def page_name(article_id: str) -> str:
    """Give the file name for an article's page: lower-case letters, digits, '.', '_' and '-' stand as they are.

    Whatever else the id holds is replaced; then, or where the name is long or reserved, a short hash of the id keeps
    two ids apart, on file systems that do not tell capital letters from small ones too.
    """
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", article_id[-_LONGEST_STEM:]).strip(".-")
    # An id that ends like a hash could be made to take another's name.
    plain = stem == article_id == stem.lower() and not re.search(r"-[0-9a-f]{10}$", stem)
    reserved = _RESERVED.match(stem) is not None
    if plain and stem and not reserved:
        return f"{stem}.html"
    if reserved or not stem:
        stem = f"article-{stem}".rstrip("-")
    digest = hashlib.sha256(article_id.encode(errors="surrogatepass")).hexdigest()[:10]
    return f"{stem}-{digest}.html"


def _labels(story: Sequence[ClassifiedParagraph], codebook: Codebook) -> tuple[dict[str, _Label], _Label]:
    """Describe every label of the codebook, and what stands for no label at all."""
    counts = Counter(paragraph["frame"] for paragraph in story)
    questions = {frame.id: frame.question for frame in codebook.frames}
    all_looks = looks(codebook)
    labels = {
        label: _Label(
            style=f"frame-{place}",
            title=shown(codebook.title(label)),
            question=shown(questions.get(label, "")),
            look=all_looks[label],
            count=counts[label],
            share=counts[label] / (len(story) or 1),
        )
        for place, label in enumerate(codebook.labels)
    }
    return labels, _Label("no-frame", "No frame", "", RESIDUAL_LOOK, counts[None], 0.0)


def _passage(paragraph: ClassifiedParagraph, labels: dict[str, _Label], unlabelled: _Label, largest: float) -> _Passage:
    frame = paragraph["frame"]
    others = [label for label in paragraph["candidates"] or [] if label != frame]
    return _Passage(
        number=paragraph["paragraph"] + 1,
        runs=_runs(paragraph),
        label=unlabelled if frame is None else labels[frame],
        probability=paragraph["probability"],
        uncertain=bool(paragraph["uncertain"]),
        any_other=len(others) > 1 and len(others) == len(labels) - 1,
        others=[labels[label] for label in others],
        shares=[
            _Share(name, _signed(value), abs(value) / (largest or 1), value < 0) for name, value in _parts(paragraph)
        ],
    )


def _runs(paragraph: ClassifiedParagraph) -> list[_Run]:
    borrowed = {
        word: f"borrowed from {shown(', '.join(lenders)) or 'its parts'}"
        for word, lenders in paragraph["borrowed"].items()
    }
    runs = evidence_runs(shown(paragraph["text"]), (term for term, _ in paragraph["evidence"]))
    return [_Run(run, evidence, borrowed.get(run.lower(), "") if evidence else "") for run, evidence in runs]


def _parts(paragraph: ClassifiedParagraph) -> list[tuple[str, float]]:
    """List the parts of a score that there are: a paragraph alone has no article and no neighbours."""
    shares = paragraph["shares"]
    if shares is None:
        return []
    context = ("article", shares["article"]), ("neighbours", shares["neighbours"]), ("source", shares["source"])
    parts = ("words", shares["words"]), *(part for part in context if part[1]), ("intercept", shares["intercept"])
    return list(parts)


def _signed(value: float) -> str:
    written = f"{value:+.2f}"
    return "0.00" if float(written) == 0 else written.replace("-", "\N{MINUS SIGN}")

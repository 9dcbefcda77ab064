"""What is put before a coder, and what never is."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from framing.annotation import Judgements, read_labels
from framing.annotation.queues import QueuedParagraph, write_queue
from framing.errors import ArtifactError, InputError, LabelError, UsageError
from framing.web.requests import Judgement
from framing.workflow.labelling import Labelling, anonymous_codings, disputes, model_suggestions, open_session

CODEBOOK = """
name = "weather"
version = "2.3"
residual = "none"

[[frame]]
id = "storm"

[[frame]]
id = "drought"
"""
TEXTS = {
    "a1": ["Waves broke over the harbour wall all night.", "The ferries stay in port.", "The wind has fallen."],
    "b2": ["Cattle are driven north, for the wells are dry.", "Farmers blame the new dam."],
}
ARTICLE = """The river rose over the lower town

By dawn the water stood a metre deep in the market square, and boats took the old people off their balconies.

The mayor asked the capital for pumps and for two hundred soldiers to build a dyke of sand.

Follow us on Facebook and Twitter
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "labels"
    (folder / "annotations").mkdir(parents=True)
    (folder / "codebook.toml").write_text(CODEBOOK, encoding="utf-8")
    with (folder / "paragraphs.jsonl").open("w", encoding="utf-8") as file:
        for article, texts in TEXTS.items():
            for place, text in enumerate(texts):
                told = {"id": f"{article}:{place}", "article": article, "position": place, "text": text}
                file.write(json.dumps(told) + "\n")
    return folder


def code(folder: Path, coder: str, frames: dict[str, str | None], **changes: object) -> None:
    with (folder / "annotations" / f"{coder}.jsonl").open("a", encoding="utf-8") as file:
        for paragraph, frame in frames.items():
            file.write(json.dumps({"paragraph": paragraph, "frame": frame} | changes) + "\n")


def add(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def opened(folder: Path, coder: str = "ana", **options):
    told: list[str] = []
    asked = Labelling(coder, folder, **options)
    session = open_session(asked, on_error=lambda error: told.append(str(error)), tell=told.append)
    return session, told


def queued(session) -> list[str]:
    return [one.paragraph for one in session.work.queue]


def decide(session, paragraph: str, frame: str, request: str = "r-1") -> None:
    session.save(Judgement(request, paragraph, frame, sure=True, runner_up=None, note=None, set_aside=None))


def test_without_options_the_whole_folder_is_coded(folder) -> None:
    code(folder, "ben", {"a1:0": "storm"})
    session, told = opened(folder)
    assert queued(session) == ["a1:0", "a1:1", "a1:2", "b2:0", "b2:1"]
    assert {one.drawn_by for one in session.work.queue} == {"purposive"}
    assert (session.done, told) == (0, [])


def test_a_queue_says_what_and_why(folder, tmp_path) -> None:
    queue = [QueuedParagraph("b2:0", "sample", 0.5, "state", "by chance"), QueuedParagraph("a1:2", "sample", 0.25)]
    write_queue(tmp_path / "queue.jsonl", queue)
    session, _ = opened(folder, queue=tmp_path / "queue.jsonl")
    assert session.work.queue == queue


def test_a_queue_for_another_folder_is_refused(folder, tmp_path) -> None:
    write_queue(tmp_path / "queue.jsonl", [QueuedParagraph("z9:0", "learning")])
    with pytest.raises(LabelError, match="z9:0"):
        opened(folder, queue=tmp_path / "queue.jsonl")


def test_articles_are_added_whole_and_their_story_is_coded(folder, tmp_path) -> None:
    path = tmp_path / "flood.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    session, told = opened(folder, articles=[str(path)])
    [article] = {paragraph.article for paragraph in session.work.paragraphs} - set(TEXTS)
    added = [paragraph for paragraph in session.work.paragraphs if paragraph.article == article]
    texts = [paragraph.text for paragraph in added]
    assert len(texts) == 4
    assert texts[-1].startswith("Follow us")
    # Its boilerplate stands round it, and is no work.
    assert queued(session) == [f"{article}:{place}" for place in range(3)]
    assert {one.drawn_by for one in session.work.queue} == {"purposive"}
    assert told == [f"articles: 1, of which 1 are new in {folder / 'paragraphs.jsonl'}"]
    shown = session.paragraph(0)["article"]["paragraphs"]
    assert [one["text"] for one in shown] == texts
    # Again, and twice at once, adds nothing.
    again, told = opened(folder, articles=[str(path), str(path)])
    assert queued(again) == queued(session)
    assert told == [f"articles: 1, of which 0 are new in {folder / 'paragraphs.jsonl'}"]
    assert len(read_labels(folder).paragraphs) == 9


def test_an_article_that_cannot_be_read_does_not_stop_the_others(folder, tmp_path) -> None:
    path = tmp_path / "flood.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    absent = str(tmp_path / "absent.txt")
    session, told = opened(folder, articles=[absent, str(path)])
    assert len(queued(session)) == 3
    assert told[0] == f"{absent}: there is no such file or folder"
    with pytest.raises(InputError, match="no article was found"):
        opened(folder, articles=[absent])


@pytest.mark.parametrize(
    "options",
    [{"articles": ["a.txt"], "adjudicate": True}, {"queue": Path("q"), "adjudicate": True},
     {"articles": ["a.txt"], "queue": Path("q")}],
)  # fmt: skip
def test_only_one_option_says_what_is_coded(folder, options) -> None:
    with pytest.raises(UsageError, match="do not go together"):
        opened(folder, **options)


@pytest.mark.parametrize("name", ["", "../ana", "a/b", ".ana", "ana.", "a" * 65, "ana\n", "-a", "a b"])
def test_a_coder_has_a_name_that_can_name_a_file(folder, name) -> None:
    with pytest.raises(UsageError, match="no name for a coder"):
        opened(folder, name)


def test_disputes_are_what_no_majority_and_no_adjudicator_has_settled(folder) -> None:
    code(folder, "ana", {"a1:0": "storm", "a1:1": "storm", "a1:2": "storm", "b2:0": "storm", "b2:1": "storm"})
    code(folder, "ben", {"a1:0": "storm", "a1:1": "none", "a1:2": "none", "b2:0": "none"})
    code(folder, "cai", {"a1:2": "storm", "b2:0": "drought"})
    code(folder, "dee", {"a1:2": "none"})
    labels = read_labels(folder)
    assert [one.paragraph for one in disputes(labels)] == ["a1:1", "a1:2", "b2:0"]
    code(folder, "kim", {"a1:1": "drought"}, role="adjudicator")
    code(folder, "dee", {"a1:2": None})
    labels = read_labels(folder)
    assert [one.paragraph for one in disputes(labels)] == ["b2:0"]
    assert [one.paragraph for one in disputes(labels, met={"a1:1"})] == ["a1:1", "b2:0"]


def test_a_dispute_is_drawn_as_its_codings_were(folder) -> None:
    code(folder, "ana", {"a1:0": "storm"}, drawn_by="purposive")
    code(folder, "ben", {"a1:0": "none"}, drawn_by="sample", inclusion_probability=0.2)
    code(folder, "cai", {"a1:0": "drought"}, drawn_by="learning")
    assert disputes(read_labels(folder)) == [QueuedParagraph("a1:0", "sample", 0.2)]


def test_an_adjudicator_decides_and_can_go_back(folder) -> None:
    code(folder, "ana", {"a1:0": "storm", "b2:0": "storm"}, note="gales")
    code(folder, "ben", {"a1:0": "none", "b2:0": "drought"}, sure=False)
    session, _ = opened(folder, "kim", adjudicate=True)
    assert (session.work.role, queued(session)) == ("adjudicator", ["a1:0", "b2:0"])
    others = session.paragraph(0)["others"]
    assert sorted(one["coder"] for one in others) == ["A", "B"]
    seen = {(one["frame"], one["sure"], one["note"]) for one in others}
    assert seen == {("storm", True, "gales"), ("none", False, None)}
    decide(session, "a1:0", "storm")
    again, _ = opened(folder, "kim", adjudicate=True)
    assert (queued(again), again.done, again.description()["start"]) == (["a1:0", "b2:0"], 1, 1)
    assert again.paragraph(0)["current"]["frame"] == "storm"
    judged = read_labels(folder).judgements()["a1:0"]
    assert judged == Judgements(("storm", "none"), ("storm",))
    assert judged.gold == "storm"


def test_letters_do_not_tell_who_a_coder_is(folder) -> None:
    frames = {f"{article}:{place}": "storm" for article, texts in TEXTS.items() for place in range(len(texts))}
    code(folder, "ana", frames)
    for coder, frame in (("ben", "none"), ("cai", "drought")):
        code(folder, coder, dict.fromkeys(frames, frame))
    labels = read_labels(folder)
    dealt = {paragraph: anonymous_codings(labels, paragraph) for paragraph in frames}
    assert all([one.coder for one in codings] == ["A", "B", "C"] for codings in dealt.values())
    assert len(Counter(codings[0].frame for codings in dealt.values())) > 1
    assert dealt == {paragraph: anonymous_codings(labels, paragraph) for paragraph in frames}


def test_nothing_in_dispute_is_said(folder) -> None:
    code(folder, "ana", {"a1:0": "storm"})
    with pytest.raises(LabelError, match="no paragraph is in dispute"):
        opened(folder, "kim", adjudicate=True)


def test_nobody_is_coder_and_adjudicator(folder) -> None:
    code(folder, "ana", {"a1:0": "storm"})
    code(folder, "ben", {"a1:0": "none"})
    with pytest.raises(UsageError, match="'ana' has coded"):
        opened(folder, "ana", adjudicate=True)
    session, _ = opened(folder, "kim", adjudicate=True)
    decide(session, "a1:0", "storm")
    with pytest.raises(UsageError, match="'kim' is an adjudicator"):
        opened(folder, "kim")


def test_a_folder_that_is_none_or_faulty_is_refused(folder, tmp_path) -> None:
    with pytest.raises(LabelError, match="no such labels folder"):
        opened(tmp_path / "absent")
    add(folder / "paragraphs.jsonl", '{"id": "a1:0"}\n')
    with pytest.raises(LabelError, match=r"paragraphs.jsonl:6"):
        opened(folder)


def test_others_faults_do_not_keep_a_coder_from_coding(folder) -> None:
    code(folder, "ben", {"a1:0": "unheard-of"})
    assert len(queued(opened(folder)[0])) == 5
    with pytest.raises(LabelError, match="unheard-of"):
        opened(folder, "kim", adjudicate=True)


def test_cut_off_lines_are_told(folder) -> None:
    add(folder / "paragraphs.jsonl", '{"id": "c3')
    code(folder, "ana", {"a1:0": "storm"})
    add(folder / "annotations" / "ana.jsonl", '{"paragr')
    session, told = opened(folder)
    assert session.done == 1
    assert [message.rpartition("/")[2].partition(": ")[0] for message in told] == ["paragraphs.jsonl:6", "ana.jsonl:2"]


def test_a_model_suggests_in_the_article(saved_model: Path, root: Path) -> None:
    labels = read_labels(root / "labels")
    article = [paragraph for paragraph in labels.paragraphs if paragraph.article == labels.paragraphs[0].article]
    suggest = model_suggestions(saved_model, labels.codebook)
    given = suggest(article)
    assert len(given) == len(article)
    assert all(frame in labels.codebook.index and 0 < probability <= 1 for frame, probability in given)
    gold = [labels.judgements()[paragraph.id].gold for paragraph in article]
    assert sum(frame == right for (frame, _), right in zip(given, gold, strict=True)) > len(article) / 2
    [(_, lone)] = suggest([replace(article[0], outlet_type="unheard-of")])
    assert 0 < lone <= 1


def test_a_model_for_other_frames_suggests_nothing(saved_model: Path, folder) -> None:
    with pytest.raises(ArtifactError, match="suggest with a model for this codebook"):
        opened(folder, suggest=saved_model)


def test_articles_may_be_the_first_of_their_folder(folder, tmp_path):
    (folder / "paragraphs.jsonl").unlink()
    with pytest.raises(LabelError, match=r"paragraphs.jsonl: there is no such file"):
        opened(folder)
    (tmp_path / "flood.txt").write_text(ARTICLE, encoding="utf-8")
    session, _ = opened(folder, articles=[str(tmp_path / "flood.txt")])
    assert session.total == 3


def test_what_was_drawn_stays_drawn_so_without_its_queue(folder):
    lines = [
        {"paragraph": "a1:1", "drawn_by": "sample", "inclusion_probability": 0.25, "queue": "s.jsonl"},
        {"paragraph": "b2:0", "drawn_by": "learning", "queue": "l.jsonl"},
    ]
    (folder / "queued.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    session, _ = opened(folder)
    drawn = {one.paragraph: (one.drawn_by, one.inclusion_probability) for one in session.work.queue}
    assert drawn["a1:1"] == ("sample", 0.25)
    assert drawn["b2:0"] == ("learning", None)
    assert drawn["a1:0"] == ("purposive", None)

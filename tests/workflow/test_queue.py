"""What may be drawn, for which purpose, and what is written of it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from framing.annotation import read_labels
from framing.annotation.appending import locked
from framing.annotation.purposes import QUEUED, read_queued
from framing.annotation.queues import read_queue
from framing.artifact import default_folder, load
from framing.errors import ArtifactError, InputError, LabelError, UsageError
from framing.text import Article
from framing.workflow.pool import population_of, read_pool
from framing.workflow.queue import BY_CHANCE, IN_DOUBT, queue_a_sample, queue_for_review, queue_to_learn

SENTENCES = [
    "Soldiers searched the quarter at dawn and led nine men away, the ministry said.",
    "A spokesman of the front said its fighters had held the bridge since Tuesday.",
    "Herders have waited two years for the wells that the governor promised them.",
    "The neighbour's ambassador was called in over the shells that fell behind the border.",
    "The road is ninety kilometres long and was last paved in 1988.",
]
OUTLETS = ("state", "rights", None)


class Folder:
    """A labels folder under the project's codebook: twelve articles of five paragraphs and a sign-off each."""

    def __init__(self, path: Path, codebook: str):
        self.path = path
        (path / "annotations").mkdir(parents=True)
        (path / "codebook.toml").write_text(codebook, encoding="utf-8")
        self.ids = [f"a{article}:{place}" for article in range(12) for place in range(5)]
        lines = [
            {"id": f"a{article}:{place}", "article": f"a{article}", "position": place, "text": text}
            | {"outlet_type": OUTLETS[article % 3], "conflict": None, "year": None, "source": None}
            for article in range(12)
            for place, text in enumerate([*(f"{text} ({article})" for text in SENTENCES), "Share this article"])
        ]
        self._write("paragraphs.jsonl", lines)

    def code(self, coder: str, ids: list[str], frame: str | None = "none", **changes: Any) -> None:
        coding = {"frame": frame, "sure": True, "codebook_version": "1.1", "drawn_by": "purposive"} | changes
        self._write(f"annotations/{coder}.jsonl", [{"paragraph": name} | coding for name in ids])

    def _write(self, name: str, lines: list[dict[str, Any]]) -> None:
        with (self.path / name).open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Folder:
    return Folder(tmp_path / "labels", (root / "labels" / "codebook.toml").read_text(encoding="utf-8"))


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "queue.jsonl"


def names(queue) -> list[str]:
    return [queued.paragraph for queued in queue]


def test_the_population_is_the_story_that_nobody_has_coded(folder: Folder) -> None:
    folder.code("kim", folder.ids[:5])
    folder.code("lee", folder.ids[4:7], None, set_aside="skipped")
    folder.code("lee", folder.ids[7:8], "none", set_aside="flagged")
    pool = read_pool(folder.path)
    population = population_of(pool, "sample")
    assert list(population.ids) == folder.ids[8:]
    assert population.left_out == {"coded or set aside": 8, "boilerplate": 12}
    assert [pool.articles[number].ids[0] for number in population.articles[:3]] == ["a1:0", "a1:0", "a2:0"]


def test_a_coding_that_was_taken_back_frees_the_paragraph_for_its_own_purpose_alone(folder: Folder) -> None:
    folder.code("kim", ["a0:0"], drawn_by="learning")
    folder.code("kim", ["a0:1"], drawn_by="sample", inclusion_probability=0.5)
    folder.code("kim", ["a0:2"])
    folder.code("kim", ["a0:0", "a0:1", "a0:2"], None, drawn_by=None)
    pool = read_pool(folder.path)
    assert list(population_of(pool, "learning").ids) == [name for name in folder.ids if name != "a0:1"]
    population = population_of(pool, "sample")
    assert list(population.ids) == [name for name in folder.ids if name != "a0:0"]
    assert population.left_out["queued to learn from"] == 1


def test_a_simple_random_sample_is_written_with_its_chances(folder: Folder, output: Path) -> None:
    folder.code("kim", folder.ids[:10])
    drawn = queue_a_sample(read_pool(folder.path), output, size=20)
    queue = read_queue(output, set(folder.ids))
    assert tuple(queue) == drawn.queue
    assert len(set(names(queue)) & set(folder.ids[10:])) == 20
    assert {(one.drawn_by, one.inclusion_probability, one.stratum, one.reason) for one in queue} == {
        ("sample", 20 / 50, None, BY_CHANCE)
    }
    assert (len(drawn.population.ids), drawn.strata, drawn.added, drawn.again) == (50, {}, (), 0)
    assert [one.paragraph for one in read_queued(folder.path)] == names(queue)


def test_strata_by_outlet_have_each_their_share(folder: Folder, output: Path) -> None:
    folder.code("kim", folder.ids[:15])
    drawn = queue_a_sample(read_pool(folder.path), output, size=9, strata=["outlet"])
    assert drawn.strata == {"outlet=rights": (3, 15), "outlet=state": (3, 15), "outlet=unknown": (3, 15)}
    equal = queue_a_sample(read_pool(folder.path), output, size=9, strata=["outlet"], equal=True)
    assert Counter(one.stratum for one in equal.queue) == dict.fromkeys(drawn.strata, 3)
    assert {one.inclusion_probability for one in equal.queue} == {3 / 15}


def test_only_strata_by_frame_look_at_a_model(folder: Folder, output: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "no model"
    pool = read_pool(folder.path)
    assert len(queue_a_sample(pool, output, size=9, strata=["outlet"], model=nowhere).queue) == 9
    with pytest.raises(ArtifactError):
        queue_a_sample(pool, output, size=9, strata=["frame"], model=nowhere)
    drawn = queue_a_sample(pool, output, size=40, strata=["outlet", "frame"])
    assert sum(queued for queued, _ in drawn.strata.values()) == 40
    assert sum(there for _, there in drawn.strata.values()) == 60
    chances = {name: queued / there for name, (queued, there) in drawn.strata.items()}
    assert all(one.inclusion_probability == chances[one.stratum] for one in drawn.queue)
    assert all(name.startswith("outlet=") and ", frame=" in name for name in drawn.strata)


def test_what_is_queued_for_one_purpose_is_never_drawn_for_the_other(folder: Folder, output: Path) -> None:
    sample = queue_a_sample(read_pool(folder.path), output, size=20)
    learning = queue_to_learn(read_pool(folder.path), output.with_name("learn.jsonl"), size=40)
    assert set(names(sample.queue)).isdisjoint(names(learning.queue))
    assert set(names(sample.queue)) | set(names(learning.queue)) == set(folder.ids)
    assert learning.population.left_out["queued as a sample"] == 20
    with pytest.raises(UsageError, match=r"20 paragraphs are left .* 40 queued to learn from.*; 21 were asked for"):
        queue_a_sample(read_pool(folder.path), output, size=21)


def test_a_pool_that_was_read_before_another_queue_was_drawn_does_not_overrule_it(folder: Folder, output: Path) -> None:
    early = read_pool(folder.path)
    learning = queue_to_learn(read_pool(folder.path), output, size=50)
    sample = queue_a_sample(early, output.with_name("sample.jsonl"), size=10)
    assert set(names(sample.queue)).isdisjoint(names(learning.queue))


def test_two_queues_that_are_drawn_at_once_do_not_share_a_paragraph(folder: Folder, tmp_path: Path, root: Path) -> None:
    """There are 60: of two that ask for 40 each, the second is refused."""
    script = (
        "import sys; from pathlib import Path\n"
        "import framing.workflow.queue as q; from framing.workflow.pool import read_pool\n"
        "folder, name = Path(sys.argv[1]), sys.argv[2]\n"
        "getattr(q, name)(read_pool(folder), folder.parent / f'{name}.jsonl', size=40)"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", script, folder.path, name], cwd=root, stderr=subprocess.PIPE, text=True)
        for name in ("queue_a_sample", "queue_to_learn")
    ]
    said = [process.communicate()[1] for process in processes]
    assert sorted(process.returncode for process in processes) == [0, 1]
    assert sum("20 paragraphs are left to draw from" in words for words in said) == 1
    assert len(list(tmp_path.glob("queue_*.jsonl"))) == 1
    assert len(read_queued(folder.path)) == 40


def test_a_queue_waits_for_another_that_is_being_drawn(folder: Folder, output: Path) -> None:
    pool = read_pool(folder.path)
    drawing = threading.Thread(target=queue_a_sample, args=(pool, output), kwargs={"size": 5})
    with locked(folder.path / QUEUED):
        drawing.start()
        drawing.join(0.3)
        assert drawing.is_alive()
        assert not output.exists()
    drawing.join()
    assert len(read_queue(output, set(folder.ids))) == 5


def test_what_was_drawn_is_kept_even_where_the_queue_cannot_be_written(folder: Folder, output: Path) -> None:
    with pytest.raises(InputError):
        queue_a_sample(read_pool(folder.path), output.parent / "no folder" / output.name, size=40)
    with pytest.raises(UsageError, match="20 paragraphs are left"):
        queue_to_learn(read_pool(folder.path), output, size=21)
    kept = [one.paragraph for one in read_queued(folder.path)]
    assert names(queue_a_sample(read_pool(folder.path), output, size=40).queue) == kept


def test_to_learn_is_asked_what_the_model_doubts_and_some_by_chance(folder: Folder, output: Path) -> None:
    drawn = queue_to_learn(read_pool(folder.path), output, size=20, per_article=2, random_share=0.25)
    assert Counter(one.reason for one in drawn.queue) == {IN_DOUBT: 15, BY_CHANCE: 5}
    assert {(one.drawn_by, one.inclusion_probability, one.stratum) for one in drawn.queue} == {("learning", None, None)}
    assert max(Counter(name.split(":")[0] for name in names(drawn.queue)).values()) <= 2
    assert read_queue(output, set(folder.ids)) == list(drawn.queue)


def test_a_reason_does_not_tell_the_frame(folder: Folder, output: Path) -> None:
    drawn = queue_to_learn(read_pool(folder.path), output, size=60)
    labels = read_labels(folder.path).codebook.labels
    assert not any(label in (one.reason or "") for one in drawn.queue for label in labels)


def test_coded_paragraphs_are_read_with_the_rest_of_their_article(folder: Folder, output: Path) -> None:
    folder.code("kim", [name for name in folder.ids if not name.endswith(":2")])
    model = load(default_folder())
    margins: dict[str, list[tuple[float, str]]] = {}
    for article in read_pool(folder.path).articles:
        paragraph = model.classify(article.article)[2]
        alone = model.predict_proba([article.texts[2]])[0]
        assert list(paragraph["probabilities"].values()) != pytest.approx(alone.tolist())
        first, second = sorted(paragraph["probabilities"].values(), reverse=True)[:2]
        margins.setdefault(paragraph["frame"], []).append((first - second, article.ids[2]))
    # As many as there are predicted labels: the most doubtful of each.
    drawn = queue_to_learn(read_pool(folder.path), output, size=len(margins), random_share=0.0)
    assert set(names(drawn.queue)) == {min(found)[1] for found in margins.values()}


def test_the_same_seed_writes_the_same_file(folder: Folder, output: Path) -> None:
    queue_to_learn(read_pool(folder.path), output, size=10, seed=5)
    before = output.read_bytes(), (folder.path / QUEUED).read_bytes()
    queue_to_learn(read_pool(folder.path), output, size=10, seed=5)
    assert (output.read_bytes(), (folder.path / QUEUED).read_bytes()) == before
    queue_to_learn(read_pool(folder.path), output, size=10, seed=6)
    assert output.read_bytes() != before[0]


def test_a_second_sample_tells_what_stands_uncoded_in_the_first(folder: Folder, output: Path) -> None:
    first = queue_a_sample(read_pool(folder.path), output, size=30)
    assert queue_a_sample(read_pool(folder.path), output, size=30).again == 0
    folder.code("kim", names(first.queue)[:10], drawn_by="sample", inclusion_probability=0.5)
    second = queue_a_sample(read_pool(folder.path), output.with_name("second.jsonl"), size=50)
    assert set(names(first.queue)[:10]).isdisjoint(names(second.queue))
    assert second.again == 20


ARTICLES = [
    Article("news/one.txt", "\n\n".join([*SENTENCES, "Share this article"])),
    Article("news/two.txt", "\n\n".join(f"{text} Again." for text in SENTENCES), outlet="state"),
]


def test_articles_are_drawn_from_in_the_place_of_the_folder_and_added_whole(folder: Folder, output: Path) -> None:
    before = len(read_labels(folder.path).paragraphs)
    drawn = queue_a_sample(read_pool(folder.path, ARTICLES), output, size=1)
    assert len(drawn.population.ids) == 10
    assert drawn.population.left_out == {"boilerplate": 1}
    labels = read_labels(folder.path)
    [added] = drawn.added
    assert [one.id for one in labels.paragraphs[before:]] == [
        f"{added.id}:{place}" for place in range(len(added.paragraphs))
    ]
    assert len(added.paragraphs) == (6 if added.name.endswith("one.txt") else 5)
    assert read_queue(output, {one.id for one in labels.paragraphs}) == list(drawn.queue)


def test_articles_that_are_in_the_folder_are_known_by_their_texts(folder: Folder, output: Path) -> None:
    texts = [f"{text} (0)" for text in SENTENCES]
    folder.code("kim", ["a0:1"])
    same = Article("copied.txt", "\n\n".join([*texts, "Share this article"]))
    pool = read_pool(folder.path, [same, ARTICLES[0], ARTICLES[0]])
    population = population_of(pool, "sample")
    assert list(population.ids[:4]) == ["a0:0", "a0:2", "a0:3", "a0:4"]
    assert (len(population.ids), pool.copies) == (9, 1)
    # Drawn once more, after they were added, they are the same articles.
    drawn = queue_a_sample(pool, output, size=9)
    assert len(drawn.added) == 1
    again = queue_a_sample(read_pool(folder.path, [same, ARTICLES[0]]), output, size=9)
    assert (again.added, again.queue) == ((), drawn.queue)


def test_a_folder_of_a_codebook_alone_is_enough_for_articles(folder: Folder, output: Path) -> None:
    (folder.path / "paragraphs.jsonl").unlink()
    drawn = queue_to_learn(read_pool(folder.path, ARTICLES), output, size=10)
    assert len(drawn.added) == 2
    with pytest.raises(UsageError, match=r"no paragraphs are left .* 10 queued to learn from.*; add articles"):
        queue_a_sample(read_pool(folder.path), output, size=1)


def test_more_than_there_is_is_refused_and_nothing_is_written(folder: Folder, output: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"60 paragraphs are left .* 12 boilerplate.*; 61 were asked for; ask for 60"):
        queue_a_sample(read_pool(folder.path), output, size=61)
    folder.code("kim", folder.ids)
    for draw in (queue_a_sample, queue_to_learn):
        with pytest.raises(UsageError, match=r"no paragraphs are left .*60 coded or set aside.*--articles"):
            draw(read_pool(folder.path), output, size=1)
    assert not output.exists()
    assert not (folder.path / QUEUED).exists()


def test_a_sample_that_is_too_small_for_its_strata_is_refused_and_nothing_is_kept(folder: Folder, output: Path) -> None:
    with pytest.raises(UsageError, match="too small for 3 strata"):
        queue_a_sample(read_pool(folder.path), output, size=5, strata=["outlet"])
    assert not (folder.path / QUEUED).exists()


def test_a_model_for_other_frames_is_refused(folder: Folder, output: Path) -> None:
    codebook = (folder.path / "codebook.toml").read_text(encoding="utf-8")
    (folder.path / "codebook.toml").write_text(codebook.replace('"geopolitical"', '"abroad"'), encoding="utf-8")
    with pytest.raises(ArtifactError, match=r"gives the labels .*geopolitical.* has .*abroad.*--model"):
        queue_to_learn(read_pool(folder.path), output, size=5)


def test_faulty_labels_are_refused(folder: Folder) -> None:
    folder.code("kim", ["zz:0"])
    with pytest.raises(LabelError, match="there is no paragraph 'zz:0'"):
        read_pool(folder.path)


def test_a_review_is_of_one_coders_labels_that_a_change_touches(folder: Folder, output: Path) -> None:
    folder.code("kim", ["a0:0", "a1:0"], "geopolitical", drawn_by="sample", inclusion_probability=0.25)
    folder.code("kim", ["a2:0"], "none")
    folder.code("lee", ["a3:0"], "geopolitical")
    assert queue_for_review(folder.path, output, coder="kim") == []
    assert not output.exists()
    codebook = (folder.path / "codebook.toml").read_text(encoding="utf-8").replace('version = "1.1"', 'version = "1.2"')
    change = '\n[[change]]\nversion = "1.2"\nframes = ["geopolitical"]\nnote = "borders"\n'
    (folder.path / "codebook.toml").write_text(codebook + change, encoding="utf-8")
    queue = queue_for_review(folder.path, output, coder="kim")
    assert names(queue) == ["a0:0", "a1:0"]
    assert {(one.drawn_by, one.inclusion_probability) for one in queue} == {("sample", 0.25)}
    assert read_queue(output, set(folder.ids)) == queue
    assert names(queue_for_review(folder.path, output, coder="kim", size=1)) == ["a0:0"]
    with pytest.raises(UsageError, match=r"there is no coder 'mia' in .*; there are: kim, lee"):
        queue_for_review(folder.path, output, coder="mia")


def test_a_second_sample_by_the_same_seed_does_not_lie_beside_the_first(tmp_path: Path, root: Path) -> None:
    """Drawn by the very numbers of the first, it would take what comes next to it, four times in five."""
    codebook = (root / "labels" / "codebook.toml").read_text(encoding="utf-8")
    beside = 0
    for seed in range(20):
        folder = Folder(tmp_path / str(seed), codebook)
        first = names(queue_a_sample(read_pool(folder.path), tmp_path / "first.jsonl", size=6, seed=seed).queue)
        folder.code("kim", first, drawn_by="sample", inclusion_probability=0.1)
        second = names(queue_a_sample(read_pool(folder.path), tmp_path / "second.jsonl", size=6, seed=seed).queue)
        places = [folder.ids.index(name) for name in first]
        beside += sum(min(abs(folder.ids.index(name) - place) for place in places) == 1 for name in second)
    # Of 120, some 24 by chance.
    assert beside < 45


def test_a_second_sample_tells_of_what_was_drawn_before(folder: Folder, output: Path) -> None:
    first = queue_a_sample(read_pool(folder.path), output, size=30)
    assert (first.again, first.earlier) == (0, 0)
    folder.code("kim", names(first.queue)[:10], drawn_by="sample", inclusion_probability=0.5)
    # Under the same name: only what is coded of the former stays of it.
    assert queue_a_sample(read_pool(folder.path), output, size=5).earlier == 10
    second = queue_a_sample(read_pool(folder.path), output.with_name("second.jsonl"), size=50)
    assert second.earlier == 10

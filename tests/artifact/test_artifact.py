"""What a model says of texts: read in their article, with candidates, evidence and warnings."""

from __future__ import annotations

import dataclasses
import json
import pickle
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.artifact import Artifact, ClassifiedParagraph
from framing.codebook import of_labels
from framing.model.calibration import Calibration
from framing.model.numpy_scorer import NumpyScorer
from framing.text import read_articles
from framing.text.article import of_paragraphs

Make = Callable[..., Artifact]
STORY = [
    "Militia fighters shelled the northern market before dawn.",
    "Families fled across the river, and the refugees asked for grain.",
    "The envoy called for talks and a mediator.",
]
TEXT = "\n\n".join(STORY)
BYLINE = "Share this"


@pytest.fixture
def model(make_artifact: Make) -> Artifact:
    return usual(make_artifact())


def usual(artifact: Artifact, **limits: object) -> Artifact:
    """Give a model limits that no text is beyond, or those that are given."""
    assert artifact.familiarity is not None
    nothing = np.full(3, -100.0)
    none_beyond = {"least_known": nothing, "least_common": nothing, "least_subject": nothing, "most_capitals": 1.1}
    return dataclasses.replace(artifact, familiarity=dataclasses.replace(artifact.familiarity, **none_beyond | limits))


def labels_of(artifact: Artifact) -> list[str]:
    return list(artifact.codebook.labels)


def array_of(paragraphs: list[ClassifiedParagraph]) -> np.ndarray:
    return np.array([list((paragraph["probabilities"] or {}).values()) for paragraph in paragraphs])


class TestInContext:
    def test_the_paragraphs_of_an_article_are_read_together(self, model: Artifact) -> None:
        found = model.classify(TEXT)
        expected = model.model.reading.log_probabilities(*model.model.block_scores(STORY), np.zeros(3, np.int64))
        assert np.abs(array_of(found) - np.exp(expected)).max() < 1e-12
        assert np.abs(array_of(found) - model.predict_proba(STORY)).max() > 1e-3
        for paragraph in found:
            probabilities = paragraph["probabilities"]
            assert probabilities is not None
            assert paragraph["frame"] == max(probabilities, key=lambda label: probabilities[label])
            assert paragraph["probability"] == max(probabilities.values())
            assert list(probabilities) == labels_of(model)

    def test_one_paragraph_is_read_alone(self, model: Artifact) -> None:
        [paragraph] = model.classify(STORY[1])
        assert array_of([paragraph])[0] == pytest.approx(model.predict_proba([STORY[1]])[0])
        assert paragraph["shares"] is not None
        assert (paragraph["shares"]["article"], paragraph["shares"]["neighbours"]) == (0, 0)

    def test_boilerplate_is_no_part_of_it_where_there_is_a_residual(self, model: Artifact) -> None:
        *story, last = model.classify(f"{TEXT}\n\n{BYLINE}")
        assert array_of(story) == pytest.approx(array_of(model.classify(TEXT)))
        assert last == ClassifiedParagraph(
            article="",
            paragraph=3,
            start=len(TEXT) + 2,
            end=len(TEXT) + 2 + len(BYLINE),
            text=BYLINE,
            frame="none",
            probability=None,
            probabilities=None,
            uncertain=None,
            candidates=None,
            evidence=[],
            shares=None,
            borrowed={},
            boilerplate=True,
            warnings=[],
            model=model.description,
        )

    def test_a_story_of_one_paragraph_beside_boilerplate_is_read_alone(self, model: Artifact) -> None:
        first, last = model.classify(f"{STORY[0]}\n\n{BYLINE}")
        assert last["boilerplate"]
        assert array_of([first])[0] == pytest.approx(model.predict_proba([STORY[0]])[0])

    def test_without_a_residual_boilerplate_is_read_like_any_paragraph(self, model: Artifact) -> None:
        bare = dataclasses.replace(model, codebook=of_labels("bare", ["a", "b", "c"]))
        found = bare.classify(f"{TEXT}\n\n{BYLINE}")
        assert [paragraph["boilerplate"] for paragraph in found] == [False, False, False, True]
        given_texts = [*STORY, BYLINE]
        expected = bare.model.reading.log_probabilities(*bare.model.block_scores(given_texts), np.zeros(4, np.int64))
        assert array_of(found) == pytest.approx(np.exp(expected))

    def test_nothing_but_boilerplate_and_nothing_at_all(self, model: Artifact) -> None:
        [paragraph] = model.classify(BYLINE)
        assert (paragraph["frame"], paragraph["probability"], paragraph["warnings"]) == ("none", None, [])
        assert model.classify("") == []

    @pytest.mark.parametrize("texts", [STORY, STORY[:1]])
    def test_a_known_kind_of_outlet_is_used(self, model: Artifact, texts: list[str]) -> None:
        assert model.model.reading.sources is not None
        article = of_paragraphs("x", texts)
        plain = array_of(model.classify(article))
        for place, name in enumerate(model.model.reading.sources.names):
            found = model.classify(dataclasses.replace(article, outlet=name))
            known = np.zeros(len(texts), np.int64), np.full(len(texts), place)
            expected = model.model.reading.log_probabilities(*model.model.block_scores(texts), *known)
            assert array_of(found) == pytest.approx(np.exp(expected))
            assert all(p["shares"] is not None and p["shares"]["source"] != 0 for p in found)
        unheard = model.classify(dataclasses.replace(article, outlet="unheard of"))
        assert np.array_equal(array_of(unheard), plain)
        assert all(p["shares"] is not None and p["shares"]["source"] == 0 for p in unheard)

    def test_predict_proba_takes_paragraphs_one_by_one(self, model: Artifact) -> None:
        together = model.predict_proba(STORY)
        assert together == pytest.approx(np.vstack([model.predict_proba([text]) for text in STORY]))
        assert model.predict_proba([]).shape == (0, 3)
        with pytest.raises(TypeError, match="write \\[text\\]"):
            model.predict_proba(STORY[0])

    def test_many_paragraphs_are_scored_by_machine_code_and_come_out_the_same(
        self, model: Artifact, monkeypatch
    ) -> None:
        pytest.importorskip("numba")
        monkeypatch.setattr("framing.artifact.artifact.MANY", 100)
        texts, expected = [*STORY, "", "\ud800 İ"] * 20, model.predict_proba([*STORY, "", "\ud800 İ"])
        few = model.predict_proba(texts[:99])
        with monkeypatch.context() as patched:
            patched.setattr(NumpyScorer, "lone_scores", None)
            many = model.predict_proba(texts)
        assert np.abs(many - np.tile(expected, (20, 1))).max() < 1e-12
        assert np.abs(many[:99] - few).max() < 1e-12

    def test_a_model_that_has_scored_many_can_be_sent_to_another_process(self, model: Artifact, monkeypatch) -> None:
        monkeypatch.setattr("framing.artifact.artifact.MANY", 2)
        expected = model.predict_proba(STORY)
        sent = pickle.loads(pickle.dumps(model))
        assert np.array_equal(sent.predict_proba(STORY), expected)
        assert sent.name == model.name


class TestRows:
    """How tables are read decides what stands together."""

    def classified(self, model: Artifact, tmp_path, rows: list[dict]) -> list[list[ClassifiedParagraph]]:
        path = tmp_path / "rows.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        errors: list[Exception] = []
        found = [model.classify(article) for article in read_articles(str(path), on_error=errors.append)]
        assert not errors
        return found

    def test_rows_of_an_article_are_read_together_in_the_order_of_their_positions(self, model, tmp_path) -> None:
        rows = [{"article": "x", "position": place, "text": STORY[place]} for place in (2, 0, 1)]
        [found] = self.classified(model, tmp_path, rows)
        assert [paragraph["text"] for paragraph in found] == STORY
        assert array_of(found) == pytest.approx(array_of(model.classify(TEXT)))

    @pytest.mark.parametrize("names", [{}, {"id": "same"}, {"article": "same"}])
    def test_rows_without_an_article_and_a_position_are_read_alone(self, model, tmp_path, names: dict) -> None:
        found = self.classified(model, tmp_path, [{**names, "text": text} for text in STORY])
        assert [len(article) for article in found] == [1, 1, 1]
        assert array_of([article[0] for article in found]) == pytest.approx(model.predict_proba(STORY))


class TestCandidates:
    def test_they_stand_in_codebook_order_with_the_frame_among_them(self, model: Artifact) -> None:
        labels = labels_of(model)
        sets = model.model.reading.candidates(array_of(model.classify(TEXT)), np.zeros(3, np.int64))
        assert sets is not None
        for paragraph, held in zip(model.classify(TEXT), sets, strict=True):
            candidates = paragraph["candidates"]
            assert candidates == [label for label, holds in zip(labels, held, strict=True) if holds]
            assert paragraph["frame"] in candidates
            assert paragraph["uncertain"] is (len(candidates) > 1)

    @pytest.mark.parametrize(("threshold", "uncertain"), [(0.0, True), (1.0, False)])
    def test_uncertain_is_more_than_one(self, model: Artifact, threshold: float, uncertain: bool) -> None:
        calibration = Calibration(1.7, 1.3, 0.9, np.full(3, threshold), np.full(3, threshold))
        reading = dataclasses.replace(model.model.reading, calibration=calibration)
        changed = dataclasses.replace(model, model=dataclasses.replace(model.model, reading=reading))
        for paragraph in [*changed.classify(TEXT), *changed.classify(STORY[0])]:
            assert paragraph["uncertain"] is uncertain
            assert paragraph["candidates"] == (labels_of(model) if uncertain else [paragraph["frame"]])

    def test_both_are_null_without_a_calibration(self, make_artifact: Make) -> None:
        bare = make_artifact(calibration=False, familiarity=False)
        for paragraph in bare.classify(TEXT):
            assert (paragraph["uncertain"], paragraph["candidates"]) == (None, None)
            assert paragraph["shares"] is not None


class TestWarnings:
    SHOUTED = "FAMILIES FLED ACROSS THE RIVER WITH WHAT THEY COULD CARRY. " * 5 + "THEN RAIN."

    def test_what_is_warned_of_is_never_certain(self, make_artifact: Make) -> None:
        strict = usual(make_artifact(), most_capitals=0.5)
        for paragraph in strict.classify(f"{self.SHOUTED}\n\n{self.SHOUTED} AGAIN\n\n{BYLINE}")[:2]:
            assert paragraph["warnings"] == ["is mostly in capitals (100%)"]
            assert paragraph["uncertain"] is True
            assert paragraph["candidates"] == labels_of(strict)
        assert all(paragraph["warnings"] == [] for paragraph in strict.classify(TEXT))

    def test_the_article_is_judged_as_a_whole(self, make_artifact: Make) -> None:
        strict = usual(make_artifact(), most_capitals=0.5)
        assert {tuple(p["warnings"]) for p in strict.classify(f"{TEXT}\n\nFLED")} == {()}
        assert [bool(p["warnings"]) for p in strict.classify(self.SHOUTED)] == [True]

    def test_they_are_told_without_a_calibration_too(self, make_artifact: Make) -> None:
        bare = usual(make_artifact(calibration=False), most_capitals=0.5)
        [paragraph] = bare.classify(self.SHOUTED)
        assert paragraph["warnings"]
        assert (paragraph["uncertain"], paragraph["candidates"]) == (None, None)

    def test_unknown_words_by_the_terms_alone_where_nothing_is_smoothed(self, make_artifact: Make) -> None:
        strict = usual(make_artifact(words=False), least_known=np.full(3, 0.5))
        [paragraph] = strict.classify("lorem ipsum dolor sit amet consectetur adipiscing elit " * 4)
        assert paragraph["warnings"] == ["few of its words are known (0%)"]
        assert all(p["warnings"] == [] for p in strict.classify(TEXT))


class TestEvidence:
    @given(text=st.lists(st.sampled_from([*STORY, "shells", "grain zones", ""]), min_size=1, max_size=4))
    def test_the_shares_add_up_to_the_score(self, make_artifact: Make, text: list[str]) -> None:
        model = make_artifact(familiarity=False)
        paragraphs = [p for p in model.classify(of_paragraphs("x", text)) if not p["boilerplate"]]
        for paragraph in paragraphs:
            shares = paragraph["shares"]
            assert shares is not None
            *parts, score = shares.values()
            assert sum(parts) == pytest.approx(score, abs=1e-9)
            # The score is the log-probability of the frame against the average label.
            logs = np.log(array_of([paragraph])[0])
            assert score == pytest.approx(logs.max() - logs.mean(), abs=1e-9)

    def test_the_terms_are_the_largest_of_the_words_share(self, model: Artifact) -> None:
        for paragraph in model.classify(TEXT):
            values = [value for _, value in paragraph["evidence"]]
            assert 0 < len(values) <= 5
            assert values == sorted(values, reverse=True)
            assert min(values) > 0

    def test_words_of_no_labelled_paragraph_name_their_lenders(self, make_artifact: Make) -> None:
        model = make_artifact(familiarity=False)
        listed = set()
        for word in ("grain", "zones", "ceasefire", "shells", "trucer", "market", "river"):
            [paragraph] = model.classify(word)
            if paragraph["evidence"]:
                listed.add(word)
                labelled = word in model.model.terms.places
                assert paragraph["borrowed"] == ({} if labelled else {word: model.model.lenders_of(word)})
            else:
                assert paragraph["borrowed"] == {}
        assert listed & {"market", "river"}
        assert listed & {"grain", "zones", "ceasefire"}


def test_the_keys_are_those_of_the_record(model: Artifact) -> None:
    for paragraph in model.classify(f"{TEXT}\n\n{BYLINE}"):
        assert list(paragraph) == list(ClassifiedParagraph.__annotations__)
        json.dumps(paragraph, allow_nan=False)

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.artifact.vocabulary import usual_new_words, word_use
from framing.model import FrameModel
from framing.model.frame_model import TermWeights
from framing.model.tokens import terms


def block(known: list[str], idf: np.ndarray | None = None) -> TermWeights:
    values = np.ones(len(known)) if idf is None else idf
    return TermWeights(tuple(known), values, np.zeros((len(known), 4), np.float32))


def model(labelled: TermWeights, words: TermWeights | None = None) -> FrameModel:
    return FrameModel(labelled, words, None, np.zeros(2), (1, 2), sublinear_tf=True)


def of_texts(texts: list[str], *, min_df: int = 1) -> FrameModel:
    """Weigh terms as training does: idf = 1 + ln((1 + n) / (1 + df))."""
    found = Counter(term for text in texts for term in set(terms(text, (1, 2))))
    known = sorted(term for term, number in found.items() if number >= min_df)
    return model(block(known, np.array([1 + np.log((1 + len(texts)) / (1 + found[term])) for term in known])))


def test_words_are_labelled_borrowing_or_unknown() -> None:
    known = model(block(["ford", "ford held", "held"]), block(["ford", "held", "ridge"]))
    use = word_use(known, ["Soldiers held the ford, a ford.", "The ridge: 12 soldiers, ridge!"])
    assert (use.words, use.borrowed, dict(use.unknown)) == (9, 2, {"soldiers": 2, "the": 2})
    assert use.n_unknown == 4


def test_without_a_list_of_words_none_borrows() -> None:
    assert word_use(model(block(["ford"])), ["the ford"]).borrowed == 0
    assert word_use(model(block(["ford"])), []).words == 0


@given(st.lists(st.text(max_size=40), max_size=4))
def test_every_word_is_counted_once(texts: list[str]) -> None:
    use = word_use(model(block(["ford"]), block(["ridge"])), texts)
    words = [word for text in texts for word in terms(text, (1, 1)) if not word.isdigit()]
    assert use.words == len(words)
    assert use.borrowed + use.n_unknown == sum(word != "ford" for word in words)


TEXTS = ["rain fell on the ford", "rain on the ridge 77", "the envoy left the ford", "rain and hail"]


def test_the_usual_share_is_that_of_words_in_one_paragraph_only() -> None:
    found = Counter(word for text in TEXTS for word in set(terms(text, (1, 1))) if not word.isdigit())
    once = sum(number == 1 for number in found.values())
    assert usual_new_words(of_texts(TEXTS)) == pytest.approx(once / found.total())


def test_it_is_near_the_share_that_is_new_in_texts_left_out() -> None:
    random = np.random.default_rng(5)
    chances = 1 / np.arange(1, 2001)
    words = [f"word{''.join(chr(97 + int(digit)) for digit in str(place))}" for place in range(2000)]
    drawn = random.choice(words, size=(600, 30), p=chances / chances.sum())
    texts = [" ".join(row) for row in drawn]
    seen = {word for row in drawn[:300] for word in row}
    new = np.mean([word not in seen for row in drawn[300:] for word in set(row)])
    assert usual_new_words(of_texts(texts[:300])) == pytest.approx(new, abs=0.01)


def test_where_rare_words_were_left_out_it_cannot_be_told() -> None:
    texts = [*TEXTS, *TEXTS[:2], "hail on the ridge"]
    assert usual_new_words(of_texts(texts, min_df=2)) is None
    assert usual_new_words(model(block([]))) is None
    weighted = of_texts(TEXTS)
    other = replace(weighted.terms, idf=weighted.terms.idf * 1.37)
    assert usual_new_words(replace(weighted, terms=other)) is None


def test_the_model_that_comes_with_framing_tells_it() -> None:
    from framing.artifact import default_folder, load

    share = usual_new_words(load(default_folder()).model)
    assert share is not None
    assert 0.02 < share < 0.2

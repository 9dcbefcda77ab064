from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.annotation.datasheet import read_answers
from framing.errors import FramingError, InputError, LabelError

KNOWN = ("datasheet.motivation.purpose", "datasheet.motivation.funding", "reforms.goals.population")


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "answers.toml"
    path.write_text(text, "utf-8")
    return path


def refused(path: Path, **options: object) -> FramingError:
    with pytest.raises(FramingError) as caught:
        read_answers(path, **options)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    return caught.value


class TestReading:
    def test_tables_dotted_keys_and_both_give_the_same_ids(self, tmp_path: Path) -> None:
        tables = (
            '[datasheet.motivation]\npurpose = "To learn."\nfunding = "Nobody."\n[reforms.goals]\npopulation = "None."'
        )
        dotted = (
            'datasheet.motivation.purpose = "To learn."\ndatasheet.motivation.funding = "Nobody."\n'
            'reforms.goals.population = "None."'
        )
        mixed = (
            '[datasheet]\nmotivation.purpose = "To learn."\nmotivation.funding = "Nobody."\n'
            '[reforms]\ngoals.population = "None."'
        )
        expected = dict(zip(KNOWN, ("To learn.", "Nobody.", "None."), strict=True))
        for text in (tables, dotted, mixed):
            answers = read_answers(written(tmp_path, text), known=KNOWN)
            assert answers == expected
            assert list(answers) == list(expected)

    def test_an_answer_of_several_lines_stands_on_one(self, tmp_path: Path) -> None:
        path = written(tmp_path, 'a = """\nFirst  line,\nsecond line."""')
        assert read_answers(path) == {"a": "First line, second line."}

    def test_an_empty_file_holds_no_answers(self, tmp_path: Path) -> None:
        assert read_answers(written(tmp_path, "# nobody knows\n")) == {}

    @given(st.dictionaries(st.text("abc_", min_size=1, max_size=5), st.text("xyz .", min_size=1), max_size=5))
    def test_what_is_written_is_read(self, tmp_path_factory: pytest.TempPathFactory, answers: dict[str, str]) -> None:
        told = {key: text for key, text in answers.items() if text.strip()}
        path = written(
            tmp_path_factory.mktemp("answers"), "".join(f"q.{key} = '{text}'\n" for key, text in told.items())
        )
        assert read_answers(path) == {f"q.{key}": " ".join(text.split()) for key, text in told.items()}


class TestRefusals:
    def test_an_answer_to_no_question_names_the_questions_near_it(self, tmp_path: Path) -> None:
        path = written(tmp_path, '# ours\n[datasheet.motivation]\npurpose = "x"\nfunds = "y"')
        error = refused(path, known=KNOWN)
        assert error.line == 4
        assert "'datasheet.motivation.funds' is no question; near it: datasheet.motivation.funding" in str(error)

    def test_without_known_questions_every_id_is_taken(self, tmp_path: Path) -> None:
        assert read_answers(written(tmp_path, 'x.y = "z"')) == {"x.y": "z"}

    @pytest.mark.parametrize("value", ["1", "true", '["a"]', "{}", "2026-01-01"])
    def test_only_texts_are_answers(self, tmp_path: Path, value: str) -> None:
        error = refused(written(tmp_path, f'a.b = "fine"\na.c = {value}'))
        assert error.line == 2
        assert "the answer to 'a.c' must be a text in quotes" in str(error)

    def test_an_empty_answer_is_no_answer(self, tmp_path: Path) -> None:
        error = refused(written(tmp_path, 'a = " "'))
        assert error.line == 1
        assert "stays open" in str(error)

    def test_two_ways_to_one_id_are_one_too_many(self, tmp_path: Path) -> None:
        error = refused(written(tmp_path, '"a.b" = "x"\n[a]\nb = "y"'))
        assert error.line == 3
        assert "'a.b' is answered twice" in str(error)

    def test_a_very_long_answer_is_refused(self, tmp_path: Path) -> None:
        assert "longer than 5,000 characters" in str(refused(written(tmp_path, f'a = "{"x" * 5001}"')))

    def test_a_file_too_large_is_refused_before_it_is_parsed(self, tmp_path: Path) -> None:
        assert "larger than 256 KiB" in str(refused(written(tmp_path, "#" * (256 * 1024 + 1))))

    def test_a_key_of_very_many_parts_is_refused_before_it_is_parsed(self, tmp_path: Path) -> None:
        error = refused(written(tmp_path, f'x = "y"\n{"a." * 50_000}b = "c"'))
        assert error.line == 2
        assert "more than 200 dots" in str(error)

    def test_deep_nesting_is_no_crash(self, tmp_path: Path) -> None:
        assert "nested too deeply" in str(refused(written(tmp_path, f"x = {'{a=' * 20_000}1{'}' * 20_000}")))

    def test_broken_toml_names_its_line(self, tmp_path: Path) -> None:
        assert refused(written(tmp_path, 'a = "x"\nb = ')).line == 2

    def test_a_missing_file_a_folder_and_an_impossible_name_are_refused(self, tmp_path: Path) -> None:
        assert "there is no such file of answers" in str(refused(tmp_path / "none.toml"))
        assert "is no file" in str(refused(tmp_path))
        assert "no name that a file can have" in str(refused(Path("a\0b")))

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such files")
    def test_a_pipe_that_never_ends_is_not_read(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.toml")
        assert "is no file" in str(refused(tmp_path / "pipe.toml"))

    def test_the_kind_of_error_is_the_callers(self, tmp_path: Path) -> None:
        path = written(tmp_path, "a = 1")
        with pytest.raises(LabelError):
            read_answers(path)
        with pytest.raises(InputError):
            read_answers(path, error=InputError)

import re
from pathlib import Path

import pytest

from framing.codebook import Codebook, Frame, of_labels, read_codebook
from framing.palette import DARK, LIGHT, RESIDUAL_LOOK, FrameLook, Surface, looks

CODEBOOK = read_codebook(Path(__file__).parents[1] / "labels" / "codebook.toml")
MANY = of_labels("many", [f"label-{number:03}" for number in range(105)])
EVERY_LOOK = [*looks(MANY).values(), RESIDUAL_LOOK]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_agrees_with_known_ratios() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_every_label_has_a_look_in_codebook_order() -> None:
    assert tuple(looks(CODEBOOK)) == CODEBOOK.labels


def test_the_residual_is_grey_and_no_frame_is() -> None:
    assert CODEBOOK.residual is not None
    assert looks(CODEBOOK)[CODEBOOK.residual] is RESIDUAL_LOOK
    assert all(looks(CODEBOOK)[frame.id].colour != RESIDUAL_LOOK.colour for frame in CODEBOOK.frames)
    assert RESIDUAL_LOOK not in looks(MANY).values()


def test_a_look_depends_on_the_place_alone() -> None:
    first = Codebook("a", "1", (Frame("x", "X"), Frame("y", "Y")))
    second = Codebook("b", "1", (Frame("p", "P"), Frame("q", "Q"), Frame("r", "R")), residual="z")
    assert [looks(first)["x"], looks(first)["y"]] == [looks(second)["p"], looks(second)["q"]]


@pytest.mark.parametrize("mark", ["mark", "ascii_mark"])
def test_fifteen_frames_are_told_apart_without_colour(mark: str) -> None:
    marks = [getattr(look, mark) for look in [*EVERY_LOOK[:15], RESIDUAL_LOOK]]
    assert len(set(marks)) == 16
    assert all(len(mark) == 1 for mark in marks)


def test_more_frames_than_hues_are_told_apart_by_hue_and_mark() -> None:
    assert len({(look.colour, look.mark) for look in EVERY_LOOK}) == len(EVERY_LOOK)
    assert len({(look.colour, look.ascii_mark) for look in EVERY_LOOK}) == len(EVERY_LOOK)
    assert len({(look.colour, look.border) for look in EVERY_LOOK[:9]}) == 9


def test_ascii_marks_are_printable_ascii_and_do_not_look_like_the_sign_for_uncertain() -> None:
    assert all(re.fullmatch("[!-~]", look.ascii_mark) and look.ascii_mark != "?" for look in EVERY_LOOK)


@pytest.mark.parametrize("look", [*EVERY_LOOK[:7], RESIDUAL_LOOK], ids=lambda look: look.colour)
class TestContrast:
    def test_text_on_paper_and_tint(self, look: FrameLook) -> None:
        assert contrast(look.text_on_light, LIGHT.paper) >= 4.5
        assert contrast(look.text_on_light, look.tint_light) >= 4.5
        assert contrast(look.text_on_dark, DARK.paper) >= 4.5
        assert contrast(look.text_on_dark, look.tint_dark) >= 4.5

    def test_a_mark_on_an_area_of_the_text_colour(self, look: FrameLook) -> None:
        assert contrast(LIGHT.paper, look.text_on_light) >= 4.5
        assert contrast(DARK.paper, look.text_on_dark) >= 4.5

    @pytest.mark.parametrize(("surface", "tint"), [(LIGHT, "tint_light"), (DARK, "tint_dark")], ids=["light", "dark"])
    def test_inks_on_the_tint(self, look: FrameLook, surface: Surface, tint: str) -> None:
        assert contrast(surface.ink, getattr(look, tint)) >= 7
        assert contrast(surface.quiet, getattr(look, tint)) >= 4.5

    def test_a_terminal_of_either_kind(self, look: FrameLook) -> None:
        assert contrast(look.terminal, "#ffffff") >= 4.5
        assert contrast(look.terminal, "#000000") >= 4.5


@pytest.mark.parametrize("surface", [LIGHT, DARK], ids=["light", "dark"])
def test_inks_on_paper(surface: Surface) -> None:
    assert contrast(surface.ink, surface.paper) >= 7
    assert contrast(surface.quiet, surface.paper) >= 4.5

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.report.inline_drawing import inline_drawing

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"'


@pytest.mark.parametrize(
    "svg",
    [
        f"{HEAD}><script>alert(1)</script></svg>",
        f"{HEAD}><foreignObject/></svg>",
        f"{HEAD}><style>* {{ fill: red }}</style></svg>",
        f'{HEAD}><a href="#x"><path d="M0 0"/></a></svg>',
        f'{HEAD} xmlns:xlink="http://www.w3.org/1999/xlink"><path xlink:href="#x"/></svg>',
        f'{HEAD}><path href="#x"/></svg>',
        f"{HEAD}><image/></svg>",
        f'{HEAD}><animate attributeName="d"/></svg>',
        f'{HEAD} onload="alert(1)"></svg>',
        f'{HEAD} OnLoad="alert(1)"></svg>',
        f'{HEAD} style="fill: red"></svg>',
        f'{HEAD}><rect fill="url(https://elsewhere.example/x)"/></svg>',
        f'{HEAD}><rect fill="url(#own) URL(//elsewhere.example)"/></svg>',
        f'<!DOCTYPE svg [<!ENTITY a "b">]>{HEAD}>&a;</svg>',
        f'{HEAD}><p xmlns="http://www.w3.org/1999/xhtml">x</p></svg>',
        "<svg><path/></svg>",
        "<p/>",
        f"{HEAD}><path></svg>",
        "",
    ],
)
def test_what_is_more_than_a_drawing_is_refused(svg: str) -> None:
    with pytest.raises(ValueError, match="a drawing"):
        inline_drawing(svg, "a--")


def test_ids_and_what_refers_to_them_get_the_prefix() -> None:
    svg = (
        f'{HEAD} aria-labelledby="t d"><title id="t">One</title><desc id="d">Two</desc>'
        '<defs><pattern id="hatch"/></defs><rect fill="url(#hatch)" stroke="#112233" class="frame-0"/></svg>'
    )
    drawn = ET.fromstring(inline_drawing(svg, "first--"))
    assert drawn.get("aria-labelledby") == "first--t first--d"
    assert [part.get("id") for part in drawn.iter() if part.get("id")] == ["first--t", "first--d", "first--hatch"]
    rect = drawn[-1]
    assert (rect.get("fill"), rect.get("stroke"), rect.get("class")) == ("url(#first--hatch)", "#112233", "frame-0")


def test_nothing_is_left_that_html_reads_in_another_way() -> None:
    own = 'xmlns:s="http://www.w3.org/2000/svg"'
    texts = "<s:title><![CDATA[</title><script>]]></s:title>"
    svg = f'<?xml version="1.0"?>{HEAD} {own}><!-- <script> -->{texts}<?php x ?></svg>'
    drawn = str(inline_drawing(svg, "a--"))
    assert "<script" not in drawn
    assert "<!" not in drawn
    assert "<?" not in drawn
    assert "<title>&lt;/title&gt;&lt;script&gt;</title>" in drawn


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")))
def test_texts_stay_what_they_are(text: str) -> None:
    svg = ET.Element("{http://www.w3.org/2000/svg}svg")
    ET.SubElement(svg, "{http://www.w3.org/2000/svg}text").text = text
    drawn = ET.fromstring(inline_drawing(ET.tostring(svg, encoding="unicode"), "a--"))
    assert "".join(drawn.itertext()) == text

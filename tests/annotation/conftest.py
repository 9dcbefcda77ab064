import json
from pathlib import Path

import pytest

CODEBOOK = """
name = "weather"
version = "2.3"
residual = "none"

[[frame]]
id = "storm"
title = "Storm"

[[frame]]
id = "drought"
title = "Drought"
"""

REGIONS = """
["North"]
conflicts = ["fjord", "tundra"]

["South"]
conflicts = ["delta"]
"""

TEXTS = {
    "a1:0": "Waves broke over the harbour wall all night and tore two boats from their moorings.",
    "a1:1": "The ferry company cancelled every sailing until Thursday and told travellers to stay at home.",
    "a1:2": "By morning the wind had fallen.",
    "b2:0": "Cattle are being driven north because the wells on the plateau have run dry since March.",
    "b2:1": "Farmers blame the new dam, whose gates have stayed shut for the third spring running.",
}


class Folder:
    """A labels folder in the making, sound until a test writes otherwise.

    Lines are objects, or text or bytes that are written as they stand.
    """

    texts = TEXTS

    def __init__(self, path: Path):
        self.path = path
        (path / "annotations").mkdir(parents=True)
        self.write("codebook.toml", CODEBOOK)
        self.paragraphs(*map(self.paragraph, TEXTS))

    @staticmethod
    def paragraph(identifier, **changes):
        article, position = identifier.split(":")
        record = {"id": identifier, "article": article, "position": int(position)}
        record |= {"text": TEXTS.get(identifier, f"Rain on day {identifier}."), "outlet_type": "state"}
        record |= {"conflict": "fjord", "year": 2020, "source": "https://example.org/a"}
        return record | changes

    @staticmethod
    def coding(identifier, frame, **changes):
        record = {"paragraph": identifier, "frame": frame, "sure": True, "runner_up": None, "codebook_version": "2.1"}
        record |= {"labelled_at": None, "drawn_by": "purposive", "inclusion_probability": None, "note": None}
        return record | changes

    def write(self, name, content):
        (self.path / name).write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))

    def paragraphs(self, *lines):
        self._lines("paragraphs.jsonl", lines)

    def coder(self, name, *lines):
        self._lines(f"annotations/{name}.jsonl", lines)

    def regions(self, content=REGIONS):
        self.write("conflicts.toml", content)

    def _lines(self, name, lines):
        lines = [json.dumps(line, ensure_ascii=False) if isinstance(line, dict) else line for line in lines]
        lines = [line.encode("utf-8") if isinstance(line, str) else line for line in lines]
        self.write(name, b"".join(line + b"\n" for line in lines))


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "labels")

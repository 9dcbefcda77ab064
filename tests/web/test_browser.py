"""The labelling page in a real browser, against the real server."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="the page is tested in a browser that playwright drives")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")

WAIT = 15_000
AWAY = r"net::ERR_|401 \(Unauthorized\)"
# What the page did that its policy forbids is an error on the console as well; told plainly it is found sooner.
WATCH = (
    """addEventListener('securitypolicyviolation', (event) => console.error('policy: ' + event.violatedDirective));"""
)
# What the page does when it is to be closed.
LEAVING = "dispatchEvent(new Event('beforeunload', { cancelable: true })) ? 'goes' : 'warns'"
TEXT_IS = "([id, text]) => document.getElementById(id).textContent.includes(text)"


@dataclass
class Desk:
    """A coder at the page: what they press, and what they are told."""

    page: Any
    server: Any
    tolerated: str = ""
    errors: list[str] = field(default_factory=list)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def label(self, *keys: str) -> None:
        """Press keys one after another, each when the paragraph after the one before is shown."""
        for key in keys:
            number = self.number
            self.press(key)
            self.at(number + 1)

    def told(self, part: str, text: str) -> None:
        """Wait until a part of the page says something."""
        self.page.wait_for_function(TEXT_IS, arg=[part, text], timeout=WAIT)

    def saved(self, text: str) -> None:
        self.told("status", f"Saved: {text}")

    def alarmed(self, text: str) -> None:
        self.told("alert", text)
        assert self.page.locator("#alert").is_visible()

    def calm(self) -> None:
        self.page.wait_for_selector("#alert", state="hidden", timeout=WAIT)

    def at(self, number: int) -> None:
        self.told("position", f"Paragraph {number} of")

    def text(self, selector: str) -> str:
        return self.page.locator(selector).inner_text()

    def refuse_errors(self) -> None:
        bad = [text for text in self.errors if not (self.tolerated and re.search(self.tolerated, text))]
        self.errors.clear()
        self.tolerated = ""
        assert bad == []

    @property
    def number(self) -> int:
        found = re.search(r"\d+", self.text("#position"))
        assert found is not None
        return int(found[0])

    @property
    def current(self) -> Any:
        return self.page.locator("[aria-current=true]")

    @property
    def unconfirmed(self) -> list[str]:
        """The key presses that the browser keeps."""
        return self.page.evaluate("Object.keys(localStorage).filter((key) => key.includes(' unconfirmed '))")


def reopen(desk: Desk) -> Desk:
    desk.page.goto(f"http://127.0.0.1:{desk.server.port}/")
    desk.page.wait_for_selector("[aria-current]", timeout=WAIT)
    return desk


def lines(server: Any) -> list[dict[str, Any]]:
    return server.lines if server.path.exists() else []


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Room:
    """Where pages are opened; none of them may meet an error that the test does not tolerate."""

    browser: Any
    desks: list[Desk] = field(default_factory=list)
    contexts: list[Any] = field(default_factory=list)

    def open(self, server: Any, **options: Any) -> Desk:
        """Open a server's link in a browser of its own."""
        desk = self.watch(self.context(**options).new_page(), server)
        desk.page.goto(server.url)
        desk.page.wait_for_selector("[aria-current]", timeout=WAIT)
        return desk

    def open_inside(self, server: Any, cookie: str, **options: Any) -> Desk:
        """Open the page of a server whose link is used up, with the cookie that it gave."""
        context = self.context(**options)
        name, _, value = cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": f"http://127.0.0.1:{server.port}"}])
        return reopen(self.watch(context.new_page(), server))

    def open_beside(self, desk: Desk) -> Desk:
        """Open the same page in another tab."""
        return reopen(self.watch(desk.page.context.new_page(), desk.server))

    def context(self, **options: Any) -> Any:
        self.contexts.append(self.browser.new_context(**options))
        self.contexts[-1].add_init_script(WATCH)
        # A browser that intercepts requests from the start misses none; one that begins to may let the next one pass.
        self.contexts[-1].route("**/nothing-is-here", lambda route: route.abort())
        return self.contexts[-1]

    def watch(self, page: Any, server: Any) -> Desk:
        desk = Desk(page, server)
        page.on("console", lambda message: desk.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: desk.errors.append(str(error)))
        self.desks.append(desk)
        return desk

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        for desk in self.desks:
            desk.refuse_errors()


@pytest.fixture
def room(browser: Any) -> Iterator[Room]:
    room = Room(browser)
    yield room
    room.close()


@pytest.fixture(scope="module")
def shared_desk(browser: Any, shared_server: tuple[Any, Any]) -> Iterator[Desk]:
    server, client = shared_server
    room = Room(browser)
    yield room.open_inside(server, client.cookie)
    room.close()


@pytest.fixture
def desk(shared_desk: Desk) -> Iterator[Desk]:
    """The page of a server that this file's tests share: it opens at the first paragraph that none has labelled."""
    shared_desk.page.evaluate("localStorage.clear()")
    shared_desk.page.goto("about:blank")
    yield reopen(shared_desk)
    shared_desk.page.unroute_all()
    shared_desk.page.emulate_media(color_scheme="light")
    shared_desk.refuse_errors()


def test_twenty_paragraphs_are_labelled_by_keys_alone(desk: Desk) -> None:
    first = desk.number
    before = len(lines(desk.server))
    desk.label(*"12301" * 4)
    desk.saved(f"Storm. {before + 20} of 50")
    written = lines(desk.server)[before:]
    assert [line["frame"] for line in written] == ["storm", "trade", "upkeep", "none", "storm"] * 4
    assert [line["paragraph"] for line in written] == [
        f"a{place // 5:02}:{place % 5}" for place in range(first - 1, first + 19)
    ]
    assert all(line["sure"] and line["drawn_by"] == "purposive" for line in written)
    assert desk.page.locator("#bar").evaluate("bar => bar.value / bar.max") == pytest.approx((before + 20) / 50)
    assert desk.text("#done") == f"{before + 20} done"
    assert desk.unconfirmed == []


def test_an_unsure_label_asks_for_the_frame_and_then_for_its_runner_up(desk: Desk) -> None:
    number = desk.number
    desk.press("u")
    desk.told("prompt", "Which frame first?")
    desk.press("2")
    desk.told("prompt", "Which is the runner-up?")
    desk.press("2")
    desk.told("status", "Press another")
    desk.press("1")
    desk.saved("Trade, unsure, runner-up Storm.")
    desk.at(number + 1)
    desk.press("u", "3", "Enter")
    desk.saved("Upkeep, unsure.")
    desk.at(number + 2)
    desk.press("u", "Escape")
    desk.told("prompt", "Which frame is it?")
    told = [(line["frame"], line["sure"], line["runner_up"]) for line in lines(desk.server)[-2:]]
    assert told == [("trade", False, "storm"), ("upkeep", False, None)]
    desk.press("ArrowLeft", "b")
    desk.at(number)
    assert desk.text("#state").startswith("Trade, unsure, runner-up Storm")
    assert desk.page.locator(".label[aria-pressed=true]").inner_text().split("\n")[-2:] == [
        "Trade",
        "your label, unsure",
    ]


def test_no_key_is_a_label_while_a_note_is_written(desk: Desk) -> None:
    number = desk.number
    before = len(lines(desk.server))
    desk.press("n")
    desk.page.keyboard.type("12 boats, 0 crews: sure? u s z")
    desk.press("Escape")
    assert desk.number == number
    assert len(lines(desk.server)) == before
    desk.label("1")
    assert lines(desk.server)[-1]["note"] == "12 boats, 0 crews: sure? u s z"
    assert not desk.page.locator("#note").is_visible()
    desk.press("b")
    desk.at(number)
    desk.press("n", "End")
    desk.page.keyboard.type(" 3")
    desk.press("Control+Enter")
    desk.told("note-hint", "It is saved.")
    assert lines(desk.server)[-1]["note"] == "12 boats, 0 crews: sure? u s z 3"
    assert lines(desk.server)[-1]["frame"] == "storm"
    assert desk.number == number
    assert desk.current.evaluate("paragraph => paragraph === document.activeElement")


def test_a_note_that_is_not_saved_yet_outlives_a_reload(desk: Desk) -> None:
    desk.press("n")
    desk.page.keyboard.type("half a thou")
    number = desk.number
    desk.page.reload()
    desk.at(number)
    assert desk.page.locator("#note").input_value() == "half a thou"
    desk.label("2")
    assert lines(desk.server)[-1]["note"] == "half a thou"
    assert not desk.page.locator("#note").is_visible()


def test_skip_flag_and_undo(desk: Desk) -> None:
    number = desk.number
    desk.press("s")
    desk.saved("Skipped.")
    desk.at(number + 1)
    desk.press("f")
    desk.saved("Flagged for another look.")
    desk.at(number + 2)
    desk.label("3")
    desk.press("b")
    desk.at(number + 2)
    desk.press("f")
    desk.saved("Flagged for another look, Upkeep.")
    desk.at(number + 3)
    told = [(line["frame"], line.get("set_aside")) for line in lines(desk.server)[-4:]]
    assert told == [(None, "skipped"), (None, "flagged"), ("upkeep", None), ("upkeep", "flagged")]
    desk.press("z")
    desk.told("status", "Undone: the label is Upkeep again.")
    desk.at(number + 2)
    desk.press("z")
    desk.told("status", "Undone: the paragraph has no label.")
    desk.told("state", "Not labelled yet")
    desk.press("z")
    desk.at(number + 1)
    desk.press("z")
    desk.at(number)
    assert desk.page.locator("[data-command=skip]").get_attribute("aria-pressed") == "false"
    desk.press("g", "ArrowRight")
    desk.at(number + 2)
    desk.press("e")
    desk.at(number)


def test_a_reload_shows_the_same_paragraph_with_what_stands_on_it(desk: Desk) -> None:
    number = desk.number
    desk.label("1")
    desk.press("b")
    desk.at(number)
    desk.told("state", "Storm")
    desk.page.reload()
    desk.at(number)
    desk.told("state", "Storm")


def test_only_plain_keys_are_taken(desk: Desk) -> None:
    number = desk.number
    before = len(lines(desk.server))
    desk.press("Control+1", "Alt+2", "Meta+3", "Control+Shift+0")
    for told in ({"isComposing": True}, {"repeat": True}, {"keyCode": 229}, {"ctrlKey": True}):
        event = {"key": "1", "code": "Digit1", "bubbles": True, **told}
        desk.page.evaluate("told => document.body.dispatchEvent(new KeyboardEvent('keydown', told))", event)
    desk.page.evaluate("fetch('/api/session').then((answer) => answer.text())")
    assert len(lines(desk.server)) == before
    # Where digits need Shift, and where letters are Arabic, the place of the key counts.
    french = {"key": "&", "code": "Digit1", "bubbles": True}
    desk.page.evaluate("told => document.body.dispatchEvent(new KeyboardEvent('keydown', told))", french)
    desk.saved("Storm.")
    desk.at(number + 1)
    arabic = {"key": "ئ", "code": "KeyZ", "bubbles": True}
    desk.page.evaluate("told => document.body.dispatchEvent(new KeyboardEvent('keydown', told))", arabic)
    desk.told("status", "Undone")


def test_the_codebook_opens_over_the_page_and_gives_the_focus_back(desk: Desk) -> None:
    number = desk.number
    before = len(lines(desk.server))
    desk.press("c")
    dialog = desk.page.get_by_role("dialog", name="Codebook harbour-news, version 1.1")
    assert dialog.is_visible()
    words = dialog.inner_text()
    for text in ("Is the harbour told as a matter of weather?", "Wind, waves", "ferries cancelled", "badly built"):
        assert text in words
    assert "The pier lost its lamp" in words
    assert "Where two frames are equal" in words
    desk.press("2")
    assert desk.page.evaluate("document.activeElement.textContent").endswith("Trade")
    desk.press("Tab", "Tab", "Tab")
    assert desk.page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    desk.press("Escape")
    assert not dialog.is_visible()
    assert desk.current.evaluate("paragraph => paragraph === document.activeElement")
    desk.press("?")
    assert dialog.is_visible()
    desk.press("c")
    assert not dialog.is_visible()
    assert (desk.number, len(lines(desk.server))) == (number, before)


def test_a_key_that_does_not_arrive_is_kept_told_and_sent_once(desk: Desk) -> None:
    desk.tolerated = AWAY
    number = desk.number
    before = len(lines(desk.server))
    desk.page.route("**/api/annotations", lambda route: route.abort())
    desk.press("1")
    desk.alarmed(
        "Not saved: the program cannot be reached. Your last key (Storm) is kept here and sent when it is back."
    )
    assert len(desk.unconfirmed) == 1
    desk.press("2", "s", "z", "g")
    assert desk.number == number
    assert len(desk.unconfirmed) == 1
    assert desk.page.locator(".label").first.get_attribute("aria-disabled") == "true"
    assert desk.page.evaluate(LEAVING) == "warns"
    desk.page.unroute("**/api/annotations")
    desk.page.get_by_role("button", name="Try now").click()
    desk.saved("Storm.")
    desk.calm()
    desk.at(number + 1)
    assert [line["frame"] for line in lines(desk.server)[before:]] == ["storm"]
    assert desk.unconfirmed == []
    assert desk.page.evaluate(LEAVING) == "goes"


def test_a_key_whose_answer_is_lost_is_saved_once(desk: Desk) -> None:
    desk.tolerated = AWAY
    before = len(lines(desk.server))
    number = desk.number
    lost = []

    def lose(route: Any) -> None:
        lost.append(route.fetch().status)
        route.abort()

    desk.page.route("**/api/annotations", lose, times=2)
    desk.press("3")
    desk.saved("Upkeep.")
    desk.at(number + 1)
    assert lost == [200, 200]
    assert [line["frame"] for line in lines(desk.server)[before:]] == ["upkeep"]


def test_a_key_that_can_never_be_saved_is_given_up_only_by_the_coder(desk: Desk) -> None:
    desk.tolerated = "400"
    number = desk.number
    refusal = {"status": 400, "json": {"error": "the paragraph is not in this queue"}}
    desk.page.route("**/api/annotations", lambda route: route.fulfill(**refusal))
    desk.press("1")
    desk.alarmed("the program refuses your last key (Storm). It says: the paragraph is not in this queue")
    desk.press("2")
    assert len(desk.unconfirmed) == 1
    desk.page.get_by_role("button", name="Give this key up").click()
    desk.calm()
    assert desk.unconfirmed == []
    desk.page.unroute("**/api/annotations")
    assert desk.number == number
    desk.label("2")
    assert lines(desk.server)[-1]["frame"] == "trade"


def test_two_tabs_of_one_coder_know_of_each_other(desk: Desk, room: Room) -> None:
    desk.tolerated = AWAY
    number = desk.number
    other = room.open_beside(desk)
    other.at(number)
    desk.label("1")
    other.told("state", "Storm")
    # One tab holds a key that does not arrive: the other one sends it before its own.
    desk.page.route("**/api/annotations", lambda route: route.abort())
    desk.press("2")
    desk.alarmed("Not saved")
    other.press("g")
    other.at(number + 1)
    other.press("3")
    other.told("status", "A key of another tab was saved first")
    other.told("state", "Trade")
    desk.calm()
    desk.told("state", "Trade")
    assert lines(desk.server)[-1]["frame"] == "trade"
    assert desk.unconfirmed == []


def test_what_a_screen_reader_is_told(desk: Desk) -> None:
    page = desk.page
    for role in ("banner", "main", "status"):
        assert page.get_by_role(role).count() == 1
    assert page.get_by_role("region", name=re.compile(r"Paragraph \d+ of 50")).count() == 1
    assert page.get_by_role("region", name="Which frame is it?").count() == 1
    for name, key in (("Storm", "1"), ("None", "0"), ("Unsure", "u"), ("Undo", "z"), ("Codebook", "c ?")):
        button = page.get_by_role("button", name=re.compile(f"^{name}"))
        assert button.get_attribute("aria-keyshortcuts") == key
    assert page.get_by_role("progressbar", name="done").count() == 1
    assert desk.current.evaluate("paragraph => paragraph === document.activeElement")
    # From the paragraph on: back to the link over it all, forward to the labels.
    desk.press("Shift+Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the labels"
    desk.press("Enter", "Tab", "Tab")
    assert "Trade" in page.evaluate("document.activeElement.textContent")
    number = desk.number
    desk.press("Enter")
    desk.saved("Trade.")
    desk.at(number + 1)
    desk.press("Tab")
    assert "Storm" in page.evaluate("document.activeElement.textContent")


CONTRAST = """() => {
  const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([red, green, blue]) => [red, green, blue]
    .map((part) => part / 255).map((part) => part <= .03928 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4)
    .reduce((sum, part, place) => sum + part * [.2126, .7152, .0722][place], 0);
  const ground = (part) => {
    for (let at = part; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const part = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !part.checkVisibility()) continue;
    const [one, other] = [light(parse(getComputedStyle(part).color)), light(ground(part))];
    const ratio = (Math.max(one, other) + .05) / (Math.min(one, other) + .05);
    if (ratio < 4.5) poor.push(`${walker.currentNode.textContent.trim()}: ${ratio.toFixed(2)}`);
  }
  return poor;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(desk: Desk, scheme: str) -> None:
    desk.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    dark = desk.page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(253, 253, 252)"
    assert dark == (scheme == "dark")
    desk.press("n")
    desk.page.keyboard.type("a note")
    desk.press("Escape")
    assert desk.page.evaluate(CONTRAST) == []
    number = desk.number
    desk.press("u", "1", "2")
    desk.at(number + 1)
    desk.press("b")
    desk.at(number)
    desk.press("u", "1")
    desk.told("prompt", "runner-up")
    assert desk.page.evaluate(CONTRAST) == []
    desk.press("Escape", "c")
    assert desk.page.evaluate(CONTRAST) == []


def test_on_a_phone_everything_is_in_reach(room: Room, shared_server: tuple[Any, Any]) -> None:
    server, client = shared_server
    phone = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True}
    desk = room.open_inside(server, client.cookie, **phone)
    number = desk.number

    def fits() -> bool:
        return desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    assert fits()
    desk.page.locator(".label", has_text="Trade").tap()
    desk.saved("Trade.")
    desk.at(number + 1)
    desk.page.locator("[data-command=unsure]").tap()
    desk.page.locator(".label", has_text="Storm").tap()
    assert fits()
    desk.page.get_by_role("button", name="No runner-up").tap()
    desk.saved("Storm, unsure.")
    desk.at(number + 2)
    for button in desk.page.locator("#choices button:visible").all():
        box = button.bounding_box()
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= 780
    # The paragraph is neither under the header nor under the choices.
    paragraph, panel, header = (
        desk.page.locator(name).bounding_box() for name in ("[aria-current]", "#choices", "#top")
    )
    assert paragraph["y"] >= header["y"] + header["height"]
    assert paragraph["y"] + paragraph["height"] <= panel["y"]
    desk.page.locator("[data-command=codebook]").tap()
    assert fits()
    assert desk.page.evaluate("document.querySelector('dialog').scrollWidth <= innerWidth")


def test_a_killed_server_loses_nothing_that_was_saved(
    start_server: Callable[..., Any], labels_folder: Path, room: Room
) -> None:
    server = start_server(labels_folder)
    desk = room.open(server)
    desk.tolerated = AWAY
    desk.label(*"123")
    # Stopped between two keys: the next one does not arrive, is kept, and no further key is taken.
    server.kill()
    desk.press("2")
    desk.alarmed("Not saved: the program cannot be reached. Your last key (Trade) is kept here")
    desk.press("3", "1")
    assert len(desk.unconfirmed) == 1
    server = start_server(labels_folder, port=server.port)
    desk.press("1")
    desk.alarmed("Open the new link that it shows in the terminal")
    assert len(lines(server)) == 3
    desk.page.goto(server.url)
    desk.told("status", "Saved, from before: Trade. 4 of 50")
    desk.at(5)
    assert [line["frame"] for line in lines(server)] == ["storm", "trade", "upkeep", "trade"]
    # Stopped while a key is on its way: it is in the file once, whether it was confirmed or not.
    desk.press("1")
    server.kill()
    assert 4 <= len(lines(server)) <= 5
    server = start_server(labels_folder, port=server.port)
    desk.page.goto(server.url)
    desk.at(6)
    assert len(lines(server)) == 5
    assert desk.unconfirmed == []
    requests = [line["request"] for line in lines(server)]
    assert len(set(requests)) == 5


def test_a_page_left_open_writes_nothing_into_the_file_of_the_next_coder(
    start_server: Callable[..., Any], labels_folder: Path, room: Room
) -> None:
    server = start_server(labels_folder, "ana")
    desk = room.open(server)
    desk.tolerated = AWAY
    server.kill()
    desk.press("2")
    desk.alarmed("Not saved: the program cannot be reached.")
    # Another coder at the same computer: the same port, and the same browser.
    following = start_server(labels_folder, "ben", port=server.port)
    other = room.watch(desk.page.context.new_page(), following)
    other.page.goto(following.url)
    other.page.wait_for_selector("[aria-current]", timeout=WAIT)
    desk.press("1")
    desk.alarmed("your last key (Trade) is kept here")
    other.label("3")
    assert [line["frame"] for line in lines(following)] == ["upkeep"]
    assert len(desk.unconfirmed) == 1
    following.kill()
    server = start_server(labels_folder, "ana", port=server.port)
    other.tolerated = AWAY
    desk.page.goto(server.url)
    desk.told("status", "Saved, from before: Trade. 1 of 50")
    assert [line["frame"] for line in lines(server)] == ["trade"]


def test_a_note_outlives_a_reload_whatever_its_paragraph_is_called(
    start_server: Callable[..., Any], make_folder: Callable[..., Path], room: Room
) -> None:
    folder = make_folder({"x": ["The first."]})
    paragraphs = folder / "paragraphs.jsonl"
    paragraphs.write_text(paragraphs.read_text("utf-8").replace('"x:0"', '"__proto__"'), "utf-8")
    desk = room.open(start_server(folder))
    desk.press("n")
    desk.page.keyboard.type("half a thought")
    desk.press("Escape")
    reopen(desk)
    assert desk.page.locator("#note").input_value() == "half a thought"
    desk.press("1")
    desk.saved("Storm.")
    assert lines(desk.server)[0]["note"] == "half a thought"


def test_a_fault_of_the_file_is_told_and_the_key_saved_when_it_is_mended(desk: Desk) -> None:
    desk.tolerated = "503"
    number = desk.number
    before = lines(desk.server)
    whole = desk.server.path.read_bytes()
    desk.server.path.write_bytes(whole + b"{}\n")
    desk.press("2")
    desk.alarmed("Not saved: ")
    desk.alarmed("has no 'paragraph'")
    desk.server.path.write_bytes(whole)
    desk.press("2")
    desk.saved("Trade.")
    desk.calm()
    desk.at(number + 1)
    assert [line["frame"] for line in lines(desk.server)[len(before) :]] == ["trade"]


def test_text_is_shown_as_text(start_server: Callable[..., Any], make_folder: Callable[..., Path], room: Room) -> None:
    nasty = "<script>document.title = 'taken'</script><img src=x onerror=\"document.title='taken'\"> & 'so' {{ 1 }}"
    folder = make_folder({"x": [nasty, "The second."], "y": ["The third."]})
    codebook = folder / "codebook.toml"
    codebook.write_text(codebook.read_text("utf-8").replace('"Storm"', '"<b>Storm</b>"'), "utf-8")
    queue = folder / "queue.jsonl"
    reason = '{"paragraph": "%s", "drawn_by": "learning", "reason": "<i>short</i>"}\n'
    queue.write_text(reason % "x:0" + reason % "y:0", "utf-8")
    server = start_server(folder, "ana", "--queue", queue)
    desk = room.open(server)
    assert desk.current.inner_text() == nasty
    assert "<b>Storm</b>" in desk.text("#labels")
    assert desk.text("#reason") == "<i>short</i>"
    assert desk.page.locator("#article img, #article script, #labels b, #reason i").count() == 0
    assert "taken" not in desk.page.title()
    desk.press("g")
    desk.at(2)
    # The end says what is left, and leads there.
    desk.press("1")
    desk.told("end", "1 of 2 done, 1 left.")
    desk.press("2", "u", "s")
    assert len(lines(server)) == 1
    desk.page.get_by_role("button", name="Go to what is left").click()
    desk.at(1)
    desk.label("3")
    desk.press("g")
    desk.told("end", "2 of 2 done.")
    desk.press("b")
    desk.told("state", "<b>Storm</b>")


def test_an_adjudicator_sees_what_the_coders_said_and_decides(
    start_server: Callable[..., Any], labels_folder: Path, room: Room
) -> None:
    line = '{"paragraph": "a00:%d", "frame": "%s", "sure": %s, "runner_up": %s, "note": %s}\n'
    for coder, frame, note in (("bo", "storm", '"the <wind>"'), ("cy", "trade", "null")):
        told = line % (1, frame, "false", '"upkeep"', note) + line % (2, "none", "true", "null", "null")
        (labels_folder / "annotations" / f"{coder}.jsonl").write_text(told, "utf-8")
    server = start_server(labels_folder, "judge", "--adjudicate")
    desk = room.open(server)
    assert "Adjudicating" in desk.page.title()
    assert desk.text("h1") == "Adjudicating"
    said = desk.page.locator("#others li").all_inner_texts()
    assert sorted(text.split("\n")[0] for text in said) == ["A", "B"]
    assert any("Storm" in text and "unsure, or Upkeep" in text and "the <wind>" in text for text in said)
    assert any("Trade" in text for text in said)
    assert "bo" not in " ".join(said)
    desk.press("2")
    desk.told("end", "1 of 1 decided.")
    assert [(line["frame"], line["role"]) for line in lines(server)] == [("trade", "adjudicator")]


def test_a_suggestion_is_shown_only_when_asked_for_and_recorded_only_when_shown(
    start_server: Callable[..., Any], make_folder: Callable[..., Path], root: Path, room: Room
) -> None:
    codebook = (root / "labels" / "codebook.toml").read_text("utf-8")
    text = "Soldiers raided a village in the hills and killed four gunmen, the army said on Monday."
    folder = make_folder({"a": [text] * 4}, codebook=codebook)
    server = start_server(folder, "ana", "--suggest", root / "artifacts" / "conflict-frames")
    desk = room.open(server)
    assert not desk.page.locator("#suggestion").is_visible()
    desk.label("1")
    desk.press("m")
    desk.told("status", "recorded with your label")
    desk.told("suggestion", "The model suggests Security operation")
    desk.label("2")
    desk.told("suggestion", "The model suggests")
    desk.press("m")
    desk.told("status", "Model suggestions are off.")
    desk.press("g")
    desk.at(4)
    desk.press("3")
    desk.told("end", "3 of 4 done")
    assert [line.get("suggested") for line in lines(server)] == [None, "security-operation", None]

"""Reports: the same bytes for the same run, readable by everybody, and deaf to what hostile texts ask for."""

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from scorecards.debrief import Debrief
from scorecards.forks import Forks
from scorecards.reports.catalogue import FORMATS, render
from scorecards.reports.palette import BEHIND, PALETTE, READ, contrast
from scorecards.reports.rehearsal_log import next_log
from scorecards.reports.svg import ticks
from tests.scorecards.debriefs import FORMULA, LONG, RIGHT_TO_LEFT, SCRIPT, debrief_of, hostile
from tests.scorecards.recorded import of_play

_UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069\u200b-\u200f\x00-\x08\x1b]")


class Page(HTMLParser):
    """The tags of a page in order, each with its attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [given for name, given in self.tags if name in names]


@pytest.fixture(name="page", params=["expert", "trap-naive-rollback"])
def a_page(request: pytest.FixtureRequest) -> Page:
    return Page(render(debrief_of("not-null-column", request.param), "html"))


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_run_gives_the_same_bytes(form: str) -> None:
    """Replayed from its journal, in another order of asking."""
    with Forks(of_play("ungated-flag", "trap-flag-off")) as forks:
        again = Debrief.of(forks)
    assert render(again, form) == render(debrief_of("ungated-flag", "trap-flag-off"), form)


def test_the_page_loads_nothing_and_runs_nothing(page: Page) -> None:
    """A policy says so, with the print of its only style, and nothing on it asks for more."""
    policy = next(one["content"] for one in page.all("meta") if one.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert not page.all("script", "link", "img", "iframe", "object", "embed", "form", "base")
    attributes = [(name, value or "") for _, given in page.tags for name, value in given.items()]
    assert not [name for name, _ in attributes if name.startswith("on") or name in {"src", "style", "srcset"}]
    assert all(value.startswith("#") for name, value in attributes if name == "href")


def test_the_page_can_be_read_without_seeing_it(page: Page) -> None:
    """A language, a title, headings in order, tables with heads, pictures with names, ids that are unique."""
    assert page.tags[0] == ("html", {"lang": "en"})
    assert "Debrief: " in page.text
    levels = [int(name[1]) for name, _ in page.tags if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(one.get("scope") in {"row", "col"} for one in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table")) > 3
    ids = [given["id"] for _, given in page.tags if "id" in given]
    assert len(ids) == len(set(ids))
    for picture in page.all("svg"):
        named = (picture.get("aria-labelledby") or "").split()
        assert picture.get("aria-hidden") == "true" or (picture.get("role") == "img" and set(named) <= set(ids))


def test_every_jump_has_its_moment(page: Page) -> None:
    """Findings and decisions lead to lines of the timeline."""
    ids = {given.get("id") for _, given in page.tags}
    jumps = {str(one["href"])[1:] for one in page.all("a")}
    assert len(jumps) > 4
    assert jumps <= ids


def test_bands_are_words_and_letters(page: Page) -> None:
    """Never a colour alone."""
    assert len(re.findall(r"(?:performed \(P\)|some gaps \(S\)|major gaps \(M\)|unable \(U\))", page.text)) >= 10


@pytest.mark.parametrize("scheme", PALETTE)
def test_text_and_lines_stand_out(scheme: str) -> None:
    """A contrast of 4.5 at least, light and dark; the ruler itself is right about black, white and grey."""
    colours = PALETTE[scheme]
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
    assert not [(one, behind) for one in READ for behind in BEHIND if contrast(colours[one], colours[behind]) < 4.5]
    assert contrast(colours["rule"], colours["paper"]) >= 3


def test_charts_are_sound_pictures_with_marks_that_do_not_cover_each_other() -> None:
    """Well-formed, within their frame, one circle for each decision."""
    debrief = debrief_of("not-null-column", "expert")
    pictures = re.findall(r"<svg role=.*?</svg>", render(debrief, "html"), re.DOTALL)
    for text in pictures[:4]:
        root = ET.fromstring(text)
        width, height = (float(one) for one in root.attrib["viewBox"].split()[2:])
        circles = [(float(one.attrib["cx"]), float(one.attrib["cy"])) for one in root.iter("circle")]
        assert len(circles) == len(debrief.decisions)
        assert all(0 < x < width and 0 < y < height for x, y in circles)
        assert len(set(circles)) == len(circles)
        apart = [abs(x - u) + abs(y - v) for place, (x, y) in enumerate(circles) for u, v in circles[:place]]
        assert min(apart) >= 16


def test_axes_have_round_numbers() -> None:
    """From nothing up to the top, a handful."""
    assert ticks(100, 5) == [0, 20, 40, 60, 80, 100]
    assert ticks(0.4, 4) == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])
    assert ticks(0, 4) == [0]


def test_what_ifs_are_small_pictures_of_those_that_end_otherwise() -> None:
    """Each with its difference; the others are named as making none."""
    debrief = debrief_of("not-null-column", "trap-naive-rollback")
    page = render(debrief, "html")
    other = [name for name, one in debrief.what_ifs if one.reached != debrief.reached]
    assert other[0] == "drop 1"
    assert page.count('id="what-') == 2 * len(other)
    assert f"{debrief.without[0].dropped.reached.hurt - debrief.reached.hurt:+,} hurt" in page


@pytest.mark.parametrize("form", ["text", "markdown", "html", "star", "log"])
def test_hostile_texts_are_shown_and_obeyed_by_nobody(form: str) -> None:
    """Tags, formulas, marks that turn text round and ten thousand characters stand there as text."""
    told = render(hostile(), form)
    assert not _UNSEEN.search(told)
    assert LONG not in told
    assert "more characters)" in told
    assert FORMULA.split("|")[0] in told
    if form == "html":
        assert SCRIPT not in told
        assert SCRIPT in unescape(told)
        assert not Page(told).all("script", "b")
    if form in {"markdown", "star", "log"}:
        assert SCRIPT not in told
        assert "\\<script\\>" in told
        assert "](javascript" not in told.replace("\\]", "")


@pytest.mark.parametrize("title", [SCRIPT, RIGHT_TO_LEFT, FORMULA, "</title><b>", LONG])
def test_a_hostile_title_is_a_title(title: str) -> None:
    """Also where it is the name of the page."""
    debrief = debrief_of("not-null-column", "expert")
    run = replace(debrief.run, scenario=debrief.run.scenario.model_copy(update={"title": title}))
    named = replace(debrief, run=run)
    page = render(named, "html")
    assert not Page(page).all("script", "b")
    assert not _UNSEEN.search(page)
    rows = [line for line in render(named, "markdown").split("\n") if line.startswith("| ")]
    assert len({len(re.findall(r"(?<!\\)\|", line)) for line in rows}) <= 4


def test_a_draft_leaves_blanks_for_what_only_somebody_who_was_there_can_say() -> None:
    """Four parts, each decision, and at least three blanks."""
    told = render(debrief_of("not-null-column", "expert"), "star")
    assert re.findall(r"^## (\w+)", told, re.MULTILINE) == ["Situation", "Task", "Action", "Result"]
    assert told.count("…_") >= 4
    assert "8. 15:12 post_update" in told


def test_a_log_has_times_to_the_minute_the_trigger_and_what_restored_service() -> None:
    """As teams keep them."""
    told = render(debrief_of("not-null-column", "expert"), "log", "007")
    assert told.startswith("# Rehearsal 007: ")
    assert "| Trigger | 14:06 alert: POST /orders: error budget burns" in told
    assert "14:10 `roll_back shop to=v2.3.0`" in told
    assert "| Service restored | 14:13 |" in told
    trap = render(debrief_of("not-null-column", "trap-naive-rollback"), "log")
    assert "| Restored by | nothing that was done |" in trap


def test_the_next_log_has_the_next_number(tmp_path: Path) -> None:
    """After the highest, whatever else is in the folder."""
    assert next_log(tmp_path).name == "001.md"
    for name in ("007.md", "notes.md", "12.md"):
        (tmp_path / name).touch()
    assert next_log(tmp_path).name == "008.md"

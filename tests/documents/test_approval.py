"""The approval pack: every title stands in it, the pages are numbered, a text that does not fit refuses it."""

from __future__ import annotations

import dataclasses
import io
import re
from datetime import date
from pathlib import Path

import pypdf
import pytest
from flask import Flask
from flask_babel import Babel

from core.documents.approval import ApprovalValues, render_approval
from core.documents.citation import DocumentFault, DocumentOverflow
from core.previews.approval import approval_values
from core.previews.invented import Size
from core.scoring.engine1 import score
from core.scoring.movement import Movement
from core.scoring.reading import load_movement
from core.scoring.scorers import Scorer

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted((ROOT / "plugins").glob("*/movement.toml"))
OFFICE = "Liên đoàn Lao động tỉnh Lai Châu"


@pytest.fixture(scope="module", autouse=True)
def speaking():
    """Words need a request to speak Vietnamese in."""
    app = Flask("words")
    Babel(app, default_locale="vi")
    with app.test_request_context():
        yield


def values_of(movement: Movement, size: Size) -> ApprovalValues:
    return approval_values(movement, size, office=OFFICE, on=date(2026, 2, 5))


def squeezed(text: str) -> str:
    """Return a text without blanks: where lines break is the page's own matter."""
    return re.sub(r"\s", "", text)


@pytest.fixture(
    scope="module", params=[(f, s) for f in SHIPPED for s in Size], ids=lambda p: f"{p[0].parent.name} {p[1]}"
)
def pack(request) -> tuple[Movement, list[str]]:
    """Return each shipped movement with the texts of the pages of its pack."""
    file, size = request.param
    movement = load_movement(file)
    pdf = render_approval(values_of(movement, size))
    return movement, [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def titles_of(movement: Movement) -> list[str]:
    sheets = movement.sheets
    return [
        movement.title,
        *(source.document for source in movement.legal_basis),
        *(rule.title for rule in movement.eligibility),
        *(stage.title for stage in movement.stages),
        *(asked.title for asked in movement.form.fields),
        *(sheet.title for sheet in sheets),
        *(criterion.title for sheet in sheets for criterion in sheet.walk()),
        *(level.title for sheet in sheets for criterion in sheet.walk() for level in criterion.levels or ()),
        *(band.title for sheet in sheets for band in sheet.bands),
        *(gate.text for sheet in sheets for gate in sheet.gates),
        *(tier.title for sheet in sheets for tier in sheet.tiers),
        *(award.title for award in movement.awards),
        *(kind.title for award in movement.awards for kind in award.person_kinds),
    ]


def test_every_title_of_a_movement_stands_in_its_pack(pack):
    movement, pages = pack
    # A cell that runs on over a page is interrupted by the page's number and the table's head.
    said = squeezed("".join(pages))
    assert [title for title in titles_of(movement) if squeezed(title) not in said and len(title) < 60] == []
    words = {word for page in pages for word in page.split()}
    assert [t for t in titles_of(movement) if not set(t.split()) <= words and squeezed(t) not in said] == []


def test_the_cover_bears_nation_office_version_and_digest(pack):
    from core.scoring.canonical import digest

    movement, pages = pack
    cover = squeezed(pages[0])
    for text in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", OFFICE.upper(), "ngày 05 tháng 02 năm 2026", digest(movement),
                 "GÓI TRÌNH DUYỆT PHONG TRÀO", "chưa kiểm chứng"):  # fmt: skip
        assert squeezed(text) in cover


def test_pages_are_numbered_from_the_second_on(pack):
    _movement, pages = pack
    assert [page.split()[0] for page in pages[1:]] == [str(n) for n in range(2, len(pages) + 1)]
    assert pages[0].split()[0] != "1"


def test_the_signatures_close_the_pack(pack):
    _movement, pages = pack
    assert squeezed("NGƯỜI LẬP") in squeezed(pages[-1])
    assert squeezed("TM. BAN THƯỜNG VỤ") in squeezed(pages[-1])


def test_the_same_values_give_the_same_bytes():
    values = values_of(load_movement(SHIPPED[0]), Size.SHORT)
    assert render_approval(values) == render_approval(values)


def test_a_word_wider_than_its_place_refuses_the_pack_by_its_name():
    values = values_of(load_movement(SHIPPED[1]), Size.SHORT)
    with pytest.raises(DocumentOverflow) as caught:
        render_approval(dataclasses.replace(values, title="Ẳ" * 60))
    assert caught.value.field == "title"


def test_a_character_that_no_font_has_refuses_the_pack():
    values = values_of(load_movement(SHIPPED[1]), Size.SHORT)
    with pytest.raises(DocumentFault) as caught:
        render_approval(dataclasses.replace(values, summary="Thi đua 😀"))
    assert caught.value.characters == "😀"


def test_texts_are_shown_as_they_are_written():
    hostile = '#let x=1 [ố] $\\ *a* _b_ `c` <l> @r // "q" #panic("x")'
    values = dataclasses.replace(values_of(load_movement(SHIPPED[1]), Size.SHORT), summary=hostile)
    first = pypdf.PdfReader(io.BytesIO(render_approval(values))).pages[0].extract_text()
    assert squeezed(hostile) in squeezed(first)


def test_a_scorer_of_the_movement_scores_the_invented_entries_of_its_pack():
    movement = load_movement(SHIPPED[1])
    asked = []

    def own(rules, sheets, facts):
        asked.append(rules.sheet.id)
        return score(rules, sheets, facts)

    sheet = movement.sheets[1].id
    scorer = Scorer(id="thu.rieng", version=1, movement=movement.id, sheet=sheet, fn=own)
    made = approval_values(movement, Size.SHORT, office=OFFICE, on=date(2026, 2, 5), scorers={sheet: scorer})
    assert set(asked) == {sheet}
    assert made == values_of(movement, Size.SHORT)

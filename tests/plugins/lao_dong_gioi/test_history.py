"""The core hands the plugin what an author was already awarded for, so that the three-year route can be met."""

from __future__ import annotations

from decimal import Decimal

from flask import Flask

from core.entries import checks
from core.entries.models import Authorship, Entry
from core.entries.rules import State, Subject
from core.extensions import db
from core.people.models import Person
from core.seasons.models import Season
from core.seasons.rules import Phase
from core.vietnamese.codes import new_public_id
from tests.conftest import NOW
from tests.makers import make_person, make_season, make_unit


def make_own_entry(person: Person, season: Season, state: State, benefit: str) -> Entry:
    """An entry of one author, with its benefit counted in money."""
    unit = person.unit
    assert unit is not None
    code = new_public_id()
    entry = Entry(
        public_id=code, draft_code=f"N{code}", code=code, season=season, subject=Subject.INITIATIVE, state=state,
        title="Giàn héo chè", unit=unit, owner=person, created_at=NOW, saved_at=NOW, submitted_at=NOW,
        answers={"tinh-duoc-tien": True, "lam-loi": benefit, "loai-giai-phap": "ky-thuat"},
    )  # fmt: skip
    entry.authorships = [
        Authorship(person=person, position=1, full_name=person.full_name, share=Decimal(100), is_lead=True)
    ]
    db.session.add(entry)
    db.session.flush()
    return entry


def test_the_three_year_route_counts_what_was_published_before(app: Flask) -> None:
    with app.app_context():
        province = make_unit("LĐLĐ tỉnh Lai Châu", kind_code="ldld-tinh")
        person = make_person("Lò Thị Mai", make_unit(parent=province), person_kind="cn")
        for year in (2024, 2025):
            season = make_season(owner_unit=province, year=year)
            make_own_entry(person, season, State.AWARDED, "40000000")
            season.phase = Phase.PUBLISHED
        db.session.flush()
        entry = make_own_entry(person, make_season(owner_unit=province, year=2026), State.SUBMITTED, "40000000")

        author = checks.entry_view(entry).authors[0]
        assert (author.is_member, author.person_kind) == (True, "cn")
        assert [(each.year, each.value, each.recognised) for each in author.achievements] == [
            (2024, Decimal(40_000_000), True),
            (2025, Decimal(40_000_000), True),
        ]
        assert "đường ba năm liền: làm lợi 120.000.000" in checks.check_plugins(entry)[0].message


def test_an_award_that_is_not_published_stays_unknown(app: Flask) -> None:
    with app.app_context():
        province = make_unit("LĐLĐ tỉnh Lai Châu", kind_code="ldld-tinh")
        person = make_person("Lò Thị Mai", make_unit(parent=province), person_kind="cn")
        make_own_entry(person, make_season(owner_unit=province, year=2025), State.AWARDED, "90000000")
        entry = make_own_entry(person, make_season(owner_unit=province, year=2026), State.SUBMITTED, "40000000")
        assert checks.entry_view(entry).authors[0].achievements == ()

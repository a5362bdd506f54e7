"""One season of a movement, lived through in an installation of its own: opened, filed, scored, ranked, awarded.

Everything is done by the services, as a page does it. Nothing of this is imported before it is used.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.testing import samples

if TYPE_CHECKING:
    from flask import Flask

    from core.accounts.models import Account
    from core.accounts.rules import Actor
    from core.entries.models import Entry
    from core.judging.models import Judge
    from core.organisations.models import Unit
    from core.people.models import Person
    from core.registry import Registry
    from core.scoring.movement import FormField, Movement
    from core.scoring.rules import Rules
    from core.seasons.models import Season, Stage

ENTRIES_EACH = 2
MORNING = time(2, 0)
DAY = timedelta(days=1)


class SeasonStuck(RuntimeError):
    """The season could not go on; the text says why in Vietnamese."""


@contextmanager
def installation(registry: Registry, *, folder: Path | None = None) -> Iterator[Flask]:
    """Yield an application that has only these movements, on SQLite in a folder that is gone afterwards.

    :param folder: where it lives and stays, for those that look at it once more.
    """
    from core.app import create_app
    from core.config import Settings
    from core.db import begin_writing
    from core.extensions import db
    from core.migrations import runner

    begin_writing()
    with tempfile.TemporaryDirectory(prefix="thidua-kit-") as made:
        home = folder or Path(made)
        settings = Settings(
            instance=home, database_url=f"sqlite:///{home / 'kit.sqlite3'}", storage_url=str(home), secret_key="kit",  # noqa: S106  # A throw-away installation.
            base_url="http://127.0.0.1:8000", password_cost=1,
        )  # fmt: skip
        app = create_app(settings, strict=True, registry=registry)
        app.testing = True
        with app.app_context():
            runner.upgrade(db.engine)
        try:
            yield app
        finally:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


@dataclass
class Trial:
    """A season in the making; the caller is inside the application's context.

    :param sample: what the plugin says that a sound entry answers: `answers` and `facts`, by id.
    """

    movement: Movement
    sample: Mapping[str, Any] = field(default_factory=dict)
    season: Season = field(init=False)
    entries: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Choose a day on which the rules are in force, and make the people."""
        latest = self.movement.effective_to or date.max
        wanted = max(self.movement.effective_from, date(2026, 3, 2))
        self.first_day = min(wanted, latest)
        self._people()

    def at(self, days: int) -> datetime:
        """Return the morning of a day of the season, counted from its opening."""
        from datetime import UTC

        return datetime.combine(self.first_day + days * DAY, MORNING, UTC)

    # --- Who is there ---------------------------------------------------------------------------------------------

    def _people(self) -> None:
        from core.accounts.rules import SYSTEM, Role
        from core.organisations import service as organisations

        before = self.at(-400)
        kinds = [unit for rule in self.movement.eligibility for unit in rule.units or ()] or ["cdcs"]
        for rank, code in enumerate(("chu-tri", "cham", kinds[0])):
            organisations.define_kind(code, code, rank, actor=SYSTEM, at=before)
        self.owner_unit = self._unit("chu-tri", "Đơn vị chủ trì", "chu-tri", None)
        self.unit = self._unit("co-so", "Công đoàn cơ sở", kinds[0], self.owner_unit)
        judges_unit = self._unit("giam-khao", "Tổ giám khảo", "cham", self.owner_unit)
        self.organiser = self._account("Hà Thị Thủy", self.owner_unit, Role.ORGANISER)
        self.officer = self._account("Vàng A Dơ", self.unit, Role.OFFICER)
        self.authors = [self._account(name, self.unit, None) for name in ("Lò Thị Mai", "Tao Văn Ím")]
        self.judges = [self._account(f"Giám khảo {n}", judges_unit, Role.JUDGE) for n in range(1, 10)]

    def _unit(self, code: str, name: str, kind: str, parent: Unit | None) -> Unit:
        from core.accounts.rules import SYSTEM
        from core.organisations import service as organisations

        return organisations.create_unit(
            code=code, name=name, kind_code=kind, parent=parent, actor=SYSTEM, at=self.at(-400)
        )

    def _account(self, name: str, unit: Unit, role: Any) -> Account:
        from core.accounts import service as accounts
        from core.accounts.rules import SYSTEM
        from core.people import service as people

        before = self.at(-400)
        person = people.create_person(name, unit=unit, actor=SYSTEM, at=before)
        if person.membership is not None:
            person.membership.valid_from = self.first_day - 20 * 366 * DAY
        account = accounts.create_account(person, keys=[], actor=SYSTEM, at=before)
        if role is not None:
            accounts.grant(account, role, unit, actor=SYSTEM, at=before, on=before.date())
        return account

    def actor(self, account: Account) -> Actor:
        """Return who acts, with the roles of the season's first day."""
        from core.accounts.queries import actor_of

        return actor_of(account, self.first_day)

    # --- Opened ---------------------------------------------------------------------------------------------------

    def open(self) -> Season:
        """Prepare the season with the movement's own defaults and open it."""
        from core.seasons import service as seasons

        chief, before = self.actor(self.organiser), self.at(-3)
        season = seasons.create_season(
            self.movement.id, owner_unit=self.owner_unit, title="Đợt thử", year=self.first_day.year, actor=chief,
            at=before,
        )  # fmt: skip
        seasons.edit_draft(
            season, actor=chief, at=before, legal_document="Kế hoạch 01/KH", opens_at=self.at(0),
            closes_at=self.at(20), judging_closes_at=self.at(40),
        )  # fmt: skip
        seasons.open_season(season, actor=chief, at=before)
        self.season = season
        return season

    # --- Filed ----------------------------------------------------------------------------------------------------

    def file_all(self) -> None:
        """File entries of every kind that the movement takes, and bring them to receipt."""
        from core.entries.rules import Subject

        for subject in self.movement.subjects:
            for number in range(ENTRIES_EACH):
                self.entries.append(self._file(Subject(subject), self.authors[number % len(self.authors)], number))

    def _file(self, subject: Any, author: Account, number: int) -> Entry:
        from core.entries import service as entries
        from core.entries.rules import State, Subject

        at = self.at(5)
        is_initiative = subject == Subject.INITIATIVE
        filer = author if is_initiative else self.officer
        entry = entries.start_draft(
            self.season, owner=filer.person, unit=self.unit, subject=subject, at=at, filed_by=filer.id,
            nominee=author.person if subject == Subject.PERSON else None,
            collective_name=f"Tổ {number + 1}" if subject == Subject.COLLECTIVE else "",
        )  # fmt: skip
        self._answer(entry, at, number)
        entries.submit(entry, actor=self.actor(filer), received_at=at, at=at)
        facts = self._facts(entry)
        while entry.state == State.SUBMITTED:
            entries.endorse(entry, actor=self.actor(self.officer), at=self.at(6), facts=facts["unit"])
        chief = self.actor(self.organiser)
        for fact, value in {**facts["unit"], **facts["system"]}.items():
            entries.set_fact(entry, fact, value, actor=chief, at=self.at(7))
        entries.receive(entry, actor=chief, at=self.at(7), facts=facts["organiser"])
        return entry

    def _answer(self, entry: Entry, at: datetime, number: int) -> None:
        """Answer everything that shows, as the conditions want it, and add a picture wherever files are asked."""
        from core.entries import answers, checks
        from core.entries import service as entries
        from core.files.kinds import FileFacts, Kind
        from core.vietnamese.dates import local_date

        form = checks.form_of(entry)
        given: dict[str, Any] = {}
        for question in form.fields:
            if question.kind != "file" and answers.is_asked(question, form, given):
                value = self.sample.get("answers", {}).get(question.id)
                value = self._value(question, local_date(at)) if value is None else value
                given[question.id] = answers.stored_of(question, value)
        entries.save_answers(entry, given, title=f"Việc tốt số {number + 1}", at=at)
        for question in form.fields:
            if question.kind == "file" and answers.is_asked(question, form, given):
                digest = hashlib.sha256(f"{entry.id}/{question.id}".encode()).hexdigest()
                facts = FileFacts(Kind.JPG, "image/jpeg", "jpg", 1000, digest, None, 80, 60)
                entries.attach(
                    entry, field_id=question.id, filename="anh.jpg", facts=facts, preview_sha256=None, by=None, at=at
                )

    def _value(self, question: FormField, today: date) -> Any:
        """Return an answer of the right kind that meets the movement's conditions on it."""
        for rule in self.movement.eligibility:
            if rule.field == question.id and rule.effect == "block":
                if rule.test == "field_is":
                    return [rule.is_] if question.kind == "choices" else rule.is_
                if rule.test == "date_window":
                    return rule.from_ or rule.to
        number = question.min if question.min is not None else min(Decimal(1), question.max or Decimal(1))
        plain: dict[str, Any] = {
            "number": number,
            "money": number,
            "date": today - DAY,
            "yesno": True,
            "choice": question.choices[0].id if question.choices else None,
            "choices": [question.choices[0].id] if question.choices else None,
        }
        return plain.get(question.kind, "Nội dung mẫu."[: question.max_length])

    def _facts(self, entry: Entry) -> dict[str, dict[str, str]]:
        """Return the facts of an entry with which it comes as far as it can, by who supplies them."""
        from core.entries import checks
        from core.judging.inputs import rules_for
        from core.judging.queries import score_stages

        best: dict[str, Any] = {}
        for stage in score_stages(self.season):
            best |= samples.best_facts(rules_for(entry, stage.slug))
        best |= self.sample.get("facts", {})
        return {
            by: {
                fact.id: str(best[fact.id]).lower() if isinstance(best[fact.id], bool) else str(best[fact.id])
                for fact in checks.facts_by(entry, by)
                if fact.id in best
            }
            for by in ("unit", "organiser", "system")
        }

    # --- Judged ---------------------------------------------------------------------------------------------------

    def judge_all(self) -> None:
        """Fill and seal every sheet that the rules ask for: the first entry of each kind best, the next one less."""
        from core.judging import service as judging
        from core.judging.inputs import PANEL_COLUMNS, panel_column, rules_for
        from core.judging.queries import score_stages

        chief = self.actor(self.organiser)
        for stage in score_stages(self.season):
            for place, entry in enumerate(self.entries):
                rules = rules_for(entry, stage.slug)
                for column in rules.sheet.columns:
                    if column.by not in PANEL_COLUMNS and not self._is_held(entry, stage, column.by, rules):
                        self._fill(entry, stage, column.by, None, self._filler(entry, column.by), self.at(8), place)
        judging.start_judging(self.season, actor=chief, at=self.at(21))
        for stage in score_stages(self.season):
            seats = self._panel(stage)
            for place, entry in enumerate(self.entries):
                seen = panel_column(rules_for(entry, stage.slug).sheet)
                if seen is None:
                    continue
                wanted = max(seen.sheets_needed, self._stage(stage).judges_min)
                for seat, account in seats[:wanted]:
                    judging.assign(entry, seat, stage, actor=chief, at=self.at(21))
                    self._fill(entry, stage, seen.by, seat, self.actor(account), self.at(25), place)

    def _stage(self, stage: Stage) -> Any:
        from core.seasons.frozen import rules_of

        return rules_of(self.season).stage(stage.slug)

    def _panel(self, stage: Stage) -> list[tuple[Judge, Account]]:
        from core.judging import service as judging

        chief = self.actor(self.organiser)
        panel = judging.create_panel(stage, title="Tổ giám khảo", actor=chief, at=self.at(21))
        return [(judging.add_judge(panel, account, actor=chief, at=self.at(21)), account) for account in self.judges]

    def _filler(self, entry: Entry, by: str) -> Actor:
        own: Person | None = entry.nominee if entry.nominee is not None else entry.owner
        account = next((one for one in self.authors if by == "self" and one.person is own), self.officer)
        return self.actor(account)

    def _is_held(self, entry: Entry, stage: Stage, by: str, rules: Rules) -> bool:
        """Whether the one sheet of that column is filled already: `column_by` knows the first of each kind only."""
        from core.judging.inputs import column_by
        from core.judging.queries import column_sheet

        column = column_by(rules.sheet, by)
        return column is None or column_sheet(entry, stage, column.id) is not None

    def _fill(
        self, entry: Entry, stage: Stage, by: str, judge: Judge | None, actor: Actor, at: datetime, place: int
    ) -> None:
        from core.judging import service as judging
        from core.judging.inputs import rules_for

        rules = rules_for(entry, stage.slug)
        sheet = judging.open_sheet(entry, stage, by=by, judge=judge, actor=actor, at=at)
        marks: dict[str, Any] = {}
        for criterion in rules.filled_by(sheet.column_slug):
            if criterion.id not in rules.judged:
                marks[criterion.id] = judging.MarkTyped(comment=samples.REMARK)
                continue
            made = samples.extreme_mark(rules.judged[criterion.id], is_best=place % ENTRIES_EACH == 0 or bool(marks))
            marks[criterion.id] = judging.MarkTyped(Decimal(made["points"]), made.get("level"), made["comment"])
        judging.save_marks(sheet, marks, revision=sheet.revision, received_at=at)
        judging.finish(sheet, at=at)
        judging.seal(sheet, actor=actor, at=at)

    # --- Decided --------------------------------------------------------------------------------------------------

    def rank(self) -> int:
        """Close judging: every entry is scored and ranked. Return how many passed."""
        from core.judging import service as judging
        from core.judging.queries import current_scores, score_stages

        judging.close_judging(self.season, actor=self.actor(self.organiser), at=self.at(41))
        last = score_stages(self.season)[-1]
        return sum(score.status == "passed" for score in current_scores(last))

    def award(self) -> list[bytes]:
        """Propose, settle ties, decide and publish. Return the citations as PDF; none where there are no prizes."""
        from flask import current_app

        from core.awards import service as awards

        if not any(sheet.tiers for sheet in self.movement.sheets):
            return []
        chief, storage = self.actor(self.organiser), current_app.extensions["thidua_storage"]
        awards.propose(self.season, actor=chief, at=self.at(42))
        for line in awards.lines(self.season):
            if line.waits_for_council:
                awards.choose(
                    self.season, line.entry, None, reason="Biên bản họp Hội đồng", actor=chief, at=self.at(42)
                )
        awards.decide(
            self.season, number=1, series="QĐ-LĐLĐ", signed_on=self.at(43).date(), place="Lai Châu",
            authority="TM. BAN THƯỜNG VỤ", signer_title="CHỦ TỊCH", signer_name="Lò Văn Thương",
            basis="Biên bản họp Hội đồng", base_url="http://127.0.0.1:8000", actor=chief, at=self.at(43),
        )  # fmt: skip
        made = awards.publish(
            self.season, base_url="http://127.0.0.1:8000", storage=storage, actor=chief, at=self.at(44)
        )
        return [storage.get(citation.pdf_sha256) for citation in made]


def differences(season_id: int) -> list[str]:
    """Recompute everything stored of a season and return what differs, in Vietnamese."""
    from core.extensions import db
    from core.judging import service as judging
    from core.judging.words import difference_text
    from core.seasons.frozen import read_rules
    from core.seasons.models import Season

    # What this process has read before must not help.
    read_rules.cache_clear()
    return [difference_text(one) for one in judging.recompute(db.session.get_one(Season, season_id))]

"""The demo's seasons: prepared, opened, judged, decided and published, as far as each is meant to stand."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core.accounts.models import Account
from core.accounts.rules import Actor
from core.awards import service as awards
from core.demo import clockwork, marks
from core.demo.clockwork import Shift
from core.demo.filing import World, file_entry
from core.entries.models import Entry
from core.extensions import db
from core.judging import service as judging
from core.judging.inputs import column_by, panel_column, rules_for
from core.judging.models import Judge
from core.judging.rules import RecusalReason
from core.organisations.rules import ids_on
from core.seasons import service as seasons
from core.seasons.models import Season, Stage
from core.seasons.rules import MilestoneKind

REASONS = {"same_unit": RecusalReason.SAME_UNIT, "author": RecusalReason.AUTHOR, "declared": RecusalReason.OTHER}
EVENING = timedelta(hours=12)


def build_movement(
    world: World, folder: Path, movement_id: str, base_url: str, expertise: dict[str, list[str]]
) -> None:
    """Build every season of a movement's own demo files."""
    data = clockwork.read(folder / "seasons.toml")
    rows = clockwork.read(folder / "entries.toml")
    shift = clockwork.shift_of(data, world.today)
    by_key = {row["key"]: row for row in rows["entries"]}
    for plan in data["seasons"]:
        _Run(world, shift, plan, by_key, data["remarks"], movement_id, base_url, expertise).build()
        db.session.commit()


class _Run:
    """One season being built."""

    def __init__(
        self, world: World, shift: Shift, plan: dict[str, Any], rows: dict[str, dict[str, Any]], remarks: list[str],
        movement_id: str, base_url: str, expertise: dict[str, list[str]],
    ) -> None:  # fmt: skip
        self.world, self.shift, self.plan, self.rows, self.remarks = world, shift, plan, rows, remarks
        self.movement_id, self.base_url, self.expertise = movement_id, base_url, expertise
        self.organiser = self._organiser()
        self.turn = 0

    def build(self) -> None:
        """Take the season to its phase."""
        season = self._open()
        filed = [
            (file_entry(self.world, season, self.rows[one["key"]], one, self.shift, self.organiser), one)
            for one in self.plan["entries"]
        ]
        phase = self.plan["phase"]
        if phase == "open":
            return
        stage = next(stage for stage in season.stages if stage.kind == "score")
        judges = self._panel(stage)
        for entry, one in filed:
            self._columns(stage, entry, one)
        at = self.at("closes_at") + timedelta(days=2)
        judging.start_judging(season, actor=self.organiser, at=at)
        for entry, one in filed:
            self._recuse(entry, one, at)
            self._judge(stage, entry, one, judges, at)
        if phase == "published":
            self._finish(season)

    def at(self, name: str) -> datetime:
        """Return a moment of the plan, moved, as UTC."""
        return self.shift.instant(self.plan[name])

    def _organiser(self) -> Actor:
        owner = self.world.units[self.plan["owner"]]
        line = ids_on(owner.path)
        for person in self.world.people.values():
            actor = self.world.actor(person)
            if any(grant.role == "organiser" and grant.unit_id in line for grant in actor.grants):
                return actor
        raise LookupError(f"nobody organises {owner.name}")

    def _open(self) -> Season:
        opens_at = self.at("opens_at")
        before = opens_at - timedelta(days=3)
        season = seasons.create_season(
            self.movement_id, owner_unit=self.world.units[self.plan["owner"]], title=self.plan["title"],
            year=self.plan["year"], actor=self.organiser, at=before,
        )  # fmt: skip
        closes_at, judging_closes_at = self.at("closes_at"), self.at("judging_closes_at")
        seasons.edit_draft(
            season,
            actor=self.organiser,
            at=before,
            code_prefix=self.plan["code_prefix"],
            legal_document=self.plan["legal_document"],
            opens_at=opens_at,
            closes_at=closes_at,
            judging_closes_at=judging_closes_at,
            grace_minutes=self.plan["grace_minutes"],
            sheets={stage: list(chosen) for stage, chosen in self.plan["sheets"].items()},
            milestones={
                MilestoneKind.ENDORSED: closes_at + timedelta(days=10),
                MilestoneKind.PUBLISHED: judging_closes_at + timedelta(days=14),
            },
        )
        seasons.open_season(season, actor=self.organiser, at=before + timedelta(hours=1))
        return season

    def _panel(self, stage: Stage) -> dict[str, Judge]:
        at = self.at("closes_at")
        panel = judging.create_panel(stage, title="Tổ giám khảo", actor=self.organiser, at=at)
        made = {}
        for number, code in enumerate(self.plan["judges"]):
            person = self.world.people[code]
            account = db.session.scalars(sa.select(Account).where(Account.person_id == person.id)).one()
            made[code] = judging.add_judge(
                panel, account, expertise=self.expertise.get(code, []), is_chair=number == 0, actor=self.organiser,
                at=at,
            )  # fmt: skip
        return made

    def _recuse(self, entry: Entry, one: dict[str, Any], at: datetime) -> None:
        for row in one.get("recused", ()):
            judging.recuse(
                entry, self.world.people[row["judge"]], reason=REASONS[row["reason"]], note=row.get("note", ""),
                actor=self.organiser, at=at,
            )  # fmt: skip

    def _columns(self, stage: Stage, entry: Entry, one: dict[str, Any]) -> None:
        """Fill the nominee's and the unit's own columns, where the sheet has them."""
        rules = rules_for(entry, stage.slug)
        columns = {column.id: column for column in rules.sheet.columns}
        for row in one.get("sheets", ()):
            if "column" not in row or row["sheet"] == "open":
                continue
            by = columns[row["column"]].by
            assert column_by(rules.sheet, by) is not None
            own = self.world.actor(entry.nominee) if by == "self" and entry.nominee is not None else None
            # A collective, and somebody without an account, lets the person who filed the entry type for them.
            actor = own if own is not None and own.account_id is not None else self.world.actor(entry.owner)
            at = (entry.submitted_at or self.world.now) + EVENING
            self._fill(
                stage, entry, one, by, None, actor, at, marks.COLUMN_OFFSETS[by], is_sealed=row["sheet"] == "sealed"
            )

    def _judge(self, stage: Stage, entry: Entry, one: dict[str, Any], judges: dict[str, Judge], at: datetime) -> None:
        rows = [row for row in one.get("sheets", ()) if "judge" in row]
        for number, row in enumerate(rows):
            judge = judges[row["judge"]]
            judging.assign(entry, judge, stage, actor=self.organiser, at=at)
            if row["sheet"] == "open":
                continue
            actor = self.world.actor(self.world.people[row["judge"]])
            offset = marks.JUDGE_OFFSETS[number % len(marks.JUDGE_OFFSETS)]
            when = at + timedelta(days=3 + number, hours=self.turn % 9)
            self._fill(stage, entry, one, "judge", judge, actor, when, offset, is_sealed=row["sheet"] == "sealed")

    def _fill(
        self, stage: Stage, entry: Entry, one: dict[str, Any], by: str, judge: Judge | None, actor: Actor,
        at: datetime, offset: int, *, is_sealed: bool,
    ) -> None:  # fmt: skip
        rules = rules_for(entry, stage.slug)
        if judge is not None:
            by = (panel_column(rules.sheet) or rules.sheet.columns[-1]).by
        sheet = judging.open_sheet(entry, stage, by=by, judge=judge, actor=actor, at=at)
        code = next((key for key, person in self.world.people.items() if person.id == actor.person_id), "")
        comments = {row["criterion"]: row["text"] for row in one.get("comments", ()) if row.get("judge") == code}
        self.turn += 1
        typed = marks.marks_for(
            rules.filled_by(sheet.column_slug), marks.aim(one["quality"], offset), remarks=self.remarks,
            comments=comments, turn=self.turn,
        )  # fmt: skip
        if not is_sealed:
            typed = dict(list(typed.items())[:2])
        judging.save_marks(sheet, typed, revision=sheet.revision, received_at=at)
        if is_sealed:
            judging.finish(sheet, at=at)
            judging.seal(sheet, actor=actor, at=at + timedelta(minutes=20))

    def _finish(self, season: Season) -> None:
        decision = self.plan["decision"]
        closed = min(self.at("judging_closes_at"), self.world.now)
        judging.close_judging(season, actor=self.organiser, at=closed, allow_missing=True)
        awards.propose(season, actor=self.organiser, at=closed + timedelta(hours=2))
        self._settle_ties(season, closed + timedelta(hours=3))
        signed_on = self.shift.day(decision["signed_on"])
        meeting = self.plan.get("meeting")
        met_on = self.shift.day(meeting["at"].date()) if meeting else signed_on
        awards.decide(
            season,
            number=decision["number"],
            series=decision["series"],
            signed_on=signed_on,
            place=decision["place"],
            authority="TM. BAN THƯỜNG VỤ",
            signer_title=decision["signer_title"],
            signer_name=self.world.people[decision["signer"]].full_name,
            basis=f"Biên bản họp Hội đồng ngày {met_on:%d/%m/%Y}",
            base_url=self.base_url,
            actor=self.organiser,
            at=self.shift.instant(datetime.combine(decision["signed_on"], datetime.min.time())) + EVENING,
        )
        awards.publish(
            season, base_url=self.base_url, storage=self.world.storage, actor=self.organiser, at=self.at("published_at")
        )

    def _settle_ties(self, season: Season, at: datetime) -> None:
        for line in awards.lines(season):
            if line.waits_for_council:
                awards.choose(
                    season, line.entry, None, reason="Theo biên bản họp Hội đồng", actor=self.organiser, at=at
                )

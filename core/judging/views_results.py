"""The ranking as the organiser sees it before anything is published, one entry's breakdown, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import Response, flash, render_template, request, url_for
from flask_babel import gettext as _

from core.documents.excel import Cell, Column, write_table
from core.entries.models import Entry
from core.extensions import db
from core.judging import filling, queries, service, words
from core.judging.blueprint import bp
from core.judging.filling import stored_values
from core.judging.forms import ReasonForm
from core.judging.inputs import rules_at, scoring_rules, sheet_rules, sheet_total
from core.judging.models import Ranking, Score, Scoresheet
from core.judging.rules import SheetStatus
from core.scoring.rules import Rules
from core.seasons.frozen import rules_of
from core.seasons.models import Season, Stage
from core.seasons.tabs import tabs_of
from core.vietnamese.numbers import format_number
from core.web import requests
from core.web.access import actor, requires

Answer = str | tuple[str, int] | Response
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the ranking, as stored: figures as they were computed, reasons in words."""

    entry: Entry
    rank: int | None
    total: Decimal | None
    low: Decimal | None
    high: Decimal | None
    band: str
    tier: str
    status: str
    reasons: list[str]
    # Rank and total before an amendment had them computed anew; both None where they were not.
    was_rank: int | None = None
    was_total: Decimal | None = None

    @property
    def span(self) -> str:
        """The lowest and highest total of the sheets that count: «79–88»; empty under two sheets."""
        if self.low is None or self.high is None:
            return ""
        return f"{format_number(self.low)}–{format_number(self.high)}"


@dataclass(frozen=True, slots=True)
class Board:
    """The ranking of one sheet: its places in order, and the groups of equal entries that must be decided."""

    stage: Stage
    title: str
    places: list[Place]
    ties: list[tuple[str, list[Place]]]
    digest: str
    # Whether an earlier ranking, by the rules of before an amendment, stands beside.
    has_before: bool = False


def boards(season: Season) -> list[Board]:
    """Return the stored rankings of a season in words."""
    rules = rules_of(season)
    stages = {stage.id: stage for stage in queries.score_stages(season)}
    return [
        _board(row, stages[row.stage_id], scoring_rules(rules, stages[row.stage_id].slug, row.inputs["subject"]))
        for row in queries.current_rankings(season)
    ]


def _board(row: Ranking, stage: Stage, rules: Rules) -> Board:
    scores = {score.entry.public_id: score for score in queries.current_scores(stage)}
    tiers = {tier.id: tier.title for tier in rules.sheet.tiers}
    before = queries.earlier_ranking(row)
    # Entries that keep rules of before an amendment are shown by those.
    by_digest = {
        digest: rules if digest == row.rules_sha256 else rules_at(row.season, digest, stage.slug, row.inputs["subject"])
        for digest in {score.rules_sha256 for score in scores.values()}
    }
    places = [
        _place(scores[key], row.result["entries"][key], by_digest[scores[key].rules_sha256], tiers, before)
        for key in row.result["order"]
        if key in scores
    ]
    ties = []
    for tier_id, title in tiers.items():
        tied = [
            place
            for place in places
            if f"quota_tie:{tier_id}" in row.result["entries"][place.entry.public_id]["reasons"]
        ]
        if tied:
            ties.append((title, tied))
    return Board(stage, rules.sheet.title, places, ties, row.inputs_sha256, before is not None)


def _place(score: Score, placed: dict[str, Any], rules: Rules, tiers: dict[str, str], before: Ranking | None) -> Place:
    by_sheet = score.result["sheets"]
    official = [one["id"] for one in score.inputs["sheets"] if one["column"] == rules.official]
    totals = [Decimal(by_sheet[key]["total"]) for key in official if by_sheet[key]["valid"]]
    reasons = [*score.result["reasons"], *placed["reasons"]]
    key = score.entry.public_id
    was = before.result["entries"].get(key, {}) if before is not None else {}
    was_scored = {one["id"]: one["score"]["total"] for one in before.inputs["entries"]} if before is not None else {}
    return Place(
        entry=score.entry,
        rank=placed["rank"],
        total=score.total,
        low=min(totals) if len(totals) > 1 else None,
        high=max(totals) if len(totals) > 1 else None,
        band=next((band.title for band in rules.sheet.bands if band.id == score.band), ""),
        tier=tiers.get(placed["tier"] or "", ""),
        status=words.outcome_text(score.status),
        reasons=list(dict.fromkeys(words.reason_text(reason, rules) for reason in reasons)),
        was_rank=was.get("rank"),
        was_total=None if was_scored.get(key) is None else Decimal(was_scored[key]),
    )


@bp.get("/dot-xet/<public_id>/xep-hang")
@requires("ranking.read", Season)
def ranking(*, subject: Season) -> Answer:
    """Show the ranking with ties, before publication under a watermark."""
    return render_template(
        "judging/ranking.html", season=subject, tabs=tabs_of(subject, actor()), boards=boards(subject),
        is_published=subject.phase == "published",
    )  # fmt: skip


@bp.get("/dot-xet/<public_id>/xep-hang.xlsx")
@requires("ranking.read", Season)
def ranking_file(*, subject: Season) -> Answer:
    """Give the ranking as a spreadsheet."""
    columns = [
        Column(_("Phiếu")), Column(_("Hạng"), "number"), Column(_("Mã hồ sơ")), Column(_("Tên")), Column(_("Đơn vị")),
        Column(_("Tổng điểm"), "points"), Column(_("Điểm giám khảo thấp nhất"), "points"),
        Column(_("Điểm giám khảo cao nhất"), "points"), Column(_("Xếp loại")), Column(_("Giải dự kiến")),
        Column(_("Tình trạng")), Column(_("Ghi chú")), Column(_("Hạng trước sửa đổi"), "number"),
        Column(_("Tổng điểm trước sửa đổi"), "points"),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            board.title, place.rank, place.entry.code, place.entry.title, place.entry.unit.name, place.total,
            place.low, place.high, place.band, place.tier, place.status, "; ".join(place.reasons), place.was_rank,
            place.was_total,
        ]
        for board in boards(subject)
        for place in board.places
    ]  # fmt: skip
    response = Response(write_table(columns, rows, sheet=_("Xếp hạng")), mimetype=XLSX)
    response.headers.set("Content-Disposition", "attachment", filename="xep-hang.xlsx")
    return response


@bp.get("/ho-so/<public_id>/diem")
@requires("score.read", Entry)
def breakdown(*, subject: Entry) -> Answer:
    """Show how one entry's score came about: by criterion, by column, every sheet, void ones too."""
    scores = db.session.scalars(
        sa.select(Score).where(Score.entry_id == subject.id, Score.is_current.is_(True)).order_by(Score.stage_id)
    ).all()
    return render_template(
        "judging/breakdown.html", entry=subject, season=subject.season, parts=[_breakdown(one) for one in scores]
    )


def _breakdown(score: Score) -> dict[str, Any]:
    stage = db.session.get(Stage, score.stage_id)
    assert stage is not None
    season = score.entry.season
    rules = rules_at(season, score.rules_sha256, stage.slug, str(score.entry.subject))
    earlier = queries.earlier_score(score)
    sheets = db.session.scalars(
        sa.select(Scoresheet)
        .where(Scoresheet.entry_id == score.entry_id, Scoresheet.stage_id == stage.id)
        .where(Scoresheet.status.in_([SheetStatus.SEALED, SheetStatus.VOID]))
        .order_by(Scoresheet.column_slug, Scoresheet.id)
    ).all()
    return {
        "score": score,
        "stage": stage,
        "rules": rules,
        "status": words.outcome_text(score.status),
        "total": "" if score.total is None else format_number(score.total),
        "band": next((band.title for band in rules.sheet.bands if band.id == score.band), ""),
        "reasons": [words.reason_text(reason, rules) for reason in score.result["reasons"]],
        "criteria": [
            (one.title, format_number(Decimal(score.result["by_criterion"][one.id])), format_number(one.highest))
            for one in rules.criteria
            if one.id in score.result["by_criterion"]
        ],
        "columns": [
            (rules.columns[key].title, _("chưa đủ phiếu") if value is None else format_number(Decimal(value)))
            for key, value in score.result["columns"].items()
        ],
        "sheets": [_shown(one) for one in sheets],
        "keeps_rules": season.snapshot is not None and score.rules_sha256 != season.snapshot.sha256,
        "compared": _compared(earlier, score, rules) if earlier is not None else [],
        "earlier": earlier,
    }


def _shown(sheet: Scoresheet) -> dict[str, Any]:
    """Return a sealed or void sheet as it was filled, by the rules it was sealed under."""
    rules = sheet_rules(sheet)
    return {
        "sheet": sheet,
        "column": rules.columns[sheet.column_slug].title,
        "filler": sheet.filler.person.full_name,
        "total": format_number(sheet_total(sheet, rules)),
        "void": words.void_text(sheet.void_reason) if sheet.status == SheetStatus.VOID else "",
        "blocks": filling.blocks(rules, sheet.column_slug, stored_values(sheet), {}, readonly=True),
    }


def _compared(earlier: Score, score: Score, rules: Rules) -> list[tuple[str, str, str]]:
    """Return the result by the rules of before an amendment beside the one that counts: (what, before, now)."""
    stage = db.session.get(Stage, score.stage_id)
    assert stage is not None
    old = rules_at(score.entry.season, earlier.rules_sha256, stage.slug, str(score.entry.subject))
    bands = [{band.id: band.title for band in each.sheet.bands} for each in (old, rules)]
    both = [earlier, score]
    lines = [
        (_("Kết quả"), *(words.outcome_text(one.status) for one in both)),
        (_("Tổng điểm"), *(_figure(None if one.total is None else str(one.total)) for one in both)),
        (_("Xếp loại"), *(bands[place].get(one.band or "", "–") for place, one in enumerate(both))),
    ]
    titles = {one.id: one.title for each in (old, rules) for one in each.criteria}
    for key, title in titles.items():
        points = [one.result["by_criterion"].get(key) for one in both]
        if any(value is not None for value in points):
            lines.append((title, *(_figure(value) for value in points)))
    return [(what, before, now) for what, before, now in lines]


def _figure(value: str | None) -> str:
    return "–" if value is None else format_number(Decimal(value))


@bp.route("/dot-xet/<public_id>/mo-lai-cham", methods=["GET", "POST"])
@requires("judging.reopen", Season)
def reopen(*, subject: Season) -> Answer:
    """Confirm taking a ranked season back into judging, with its reason."""
    form = ReasonForm()
    if request.method == "POST" and form.validate():
        count = service.reopen_judging(subject, reason=form.reason.data or "", actor=actor(), at=requests.now())
        flash(_("Đã mở lại việc chấm của %(n)s hồ sơ.", n=count), "ok")
        return requests.finish(url_for("judging.progress", public_id=subject.public_id))
    page = render_template("judging/reopen.html", season=subject, form=form)
    return (page, 422) if form.errors else page

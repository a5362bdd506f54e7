"""The assignment matrix: who scores what, by hand and by the solver."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Response, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from core.accounts import policy
from core.accounts.rules import NotFoundHere
from core.entries.models import Entry
from core.entries.rules import State
from core.errors import DomainError
from core.extensions import db
from core.judging import assignment, queries, service, words, words_plan
from core.judging.blueprint import bp
from core.judging.conflicts import ties_of
from core.judging.forms import PlanForm
from core.judging.models import Assignment, Judge
from core.judging.rules import NoPlan, PlanChanged, SheetStatus
from core.judging.views_panels import seat_in, stage_in
from core.matching import Plan, Rules
from core.seasons.frozen import rules_of
from core.seasons.models import Season, Stage
from core.seasons.tabs import tabs_of
from core.web import requests
from core.web.access import actor, requires
from core.web.paging import page_of
from core.web.sentences import say

Answer = str | tuple[str, int] | Response


@dataclass(frozen=True, slots=True)
class Cell:
    """A pair in the matrix: free, given, sealed or barred, with the words that a reader gets for it."""

    judge: Judge
    state: str
    text: str

    @property
    def sign(self) -> str:
        """The sign in the cell."""
        return {"free": "·", "given": "•", "sealed": "✓", "barred": "⊘"}[self.state]


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in the matrix: its cells, how many judges it has of how many, the conflicts in words."""

    entry: Entry
    cells: list[Cell]
    given: int
    wanted: int
    notes: list[str]


@bp.get("/dot-xet/<public_id>/phan-cong")
@requires("assignment.edit", Season)
def assign(*, subject: Season) -> Answer:
    """Show the matrix of entries and judges, or the same as a list by judge."""
    return _matrix(subject, stage_in(subject))


def _matrix(season: Season, stage: Stage, error: str = "") -> str:
    query = policy.visible(actor(), Entry).where(
        Entry.season_id == season.id, Entry.state.in_(assignment.ASSIGNABLE_STATES)
    )
    page = page_of(
        query, [(Entry.code, False), (Entry.id, False)],
        after=request.args.get("sau"), before=request.args.get("truoc"),
    )  # fmt: skip
    judges = queries.judges_of(stage)
    rows = queries.live_assignments(stage)
    loads = {judge.id: sum(1 for row in rows if row.judge_id == judge.id) for judge in judges}
    wanted = wanted_of(season, stage)
    held: dict[int, int] = {}
    for row in rows:
        held[row.entry_id] = held.get(row.entry_id, 0) + 1
    total = db.session.scalar(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())) or 0
    short = total - sum(1 for count in held.values() if count >= wanted)
    by_judge = request.args.get("xem") == "danh-sach"
    return render_template(
        "judging/assign.html",
        season=season,
        stage=stage,
        tabs=tabs_of(season, actor()),
        page=page,
        judges=judges,
        loads=loads,
        wanted=wanted,
        short=short,
        total=total,
        lines=[] if by_judge else _lines(page.rows, judges, rows, stage, wanted),
        by_judge=[(judge, [row for row in rows if row.judge_id == judge.id]) for judge in judges] if by_judge else None,
        error=error,
        late=len(queries.entries_in(season, (State.RECEIVED,))) if season.phase == "judging" else 0,
    )


def wanted_of(season: Season, stage: Stage) -> int:
    """Return how many judges the rules ask for at least."""
    rules = rules_of(season)
    sheets = {rules.by_subject[key] for key in rules.by_subject if key[0] == stage.slug}
    needed = [column.sheets_needed for sheet in sheets for column in sheet.columns if column.by in {"judge", "council"}]
    return max([rules.stage(stage.slug).judges_min, *needed])


def _lines(entries: list[Entry], judges: list[Judge], rows: list[Assignment], stage: Stage, wanted: int) -> list[Line]:
    ties = ties_of(entries, (judge.person_id for judge in judges))
    given = {(row.entry_id, row.judge_id): row.reason for row in rows}
    sealed = {
        (sheet.entry_id, sheet.judge_id) for sheet in queries.live_sheets(stage) if sheet.status == SheetStatus.SEALED
    }
    lines = []
    for entry in entries:
        cells, notes = [], []
        for judge in judges:
            name, pair = judge.person.full_name, (entry.id, judge.id)
            tie = ties.between(entry, judge.person_id)
            if pair in sealed:
                cells.append(Cell(judge, "sealed", _("%(name)s: đã niêm phong phiếu", name=name)))
            elif tie is not None:
                notes.append(_("%(name)s: %(why)s", name=name, why=words.tie_text(tie)))
                cells.append(Cell(judge, "barred", notes[-1]))
            elif pair in given:
                text = _("%(name)s: được giao (%(why)s), bấm để thôi giao", name=name, why=given[pair])
                cells.append(Cell(judge, "given", text))
            else:
                cells.append(Cell(judge, "free", _("%(name)s: chưa giao, bấm để giao", name=name)))
        count = sum(1 for cell in cells if cell.state in {"given", "sealed"})
        lines.append(Line(entry, cells, count, wanted, notes))
    return lines


@bp.post("/dot-xet/<public_id>/phan-cong/o")
@requires("assignment.edit", Season)
def toggle(*, subject: Season) -> Answer:
    """Give an entry to a judge, or take it back: one cell of the matrix."""
    stage = stage_in(subject)
    entry_id, _colon, judge_id = request.form.get("o", "").partition(":")
    entry = db.session.scalar(policy.visible(actor(), Entry).where(Entry.public_id == entry_id))
    if entry is None or entry.season_id != subject.id:
        raise NotFoundHere()
    judge = seat_in(subject, judge_id)
    row = queries.assignment_of(entry, judge)
    name = judge.person.full_name
    try:
        if row is not None and row.withdrawn_at is None:
            service.unassign(row, actor=actor(), at=requests.now())
            flash(_("Đã thôi giao %(code)s cho %(name)s. Bấm lại ô đó để giao lại.", code=entry.code, name=name), "ok")
        else:
            service.assign(entry, judge, stage, actor=actor(), at=requests.now())
            flash(_("Đã giao %(code)s cho %(name)s. Bấm lại ô đó để thôi giao.", code=entry.code, name=name), "ok")
    except DomainError as error:
        return _matrix(subject, stage, say(error)), error.status
    target = url_for(
        "judging.assign", public_id=subject.public_id, buoc=stage.slug, sau=request.form.get("sau") or None,
        truoc=request.form.get("truoc") or None,
    )  # fmt: skip
    return requests.finish(f"{target}#hs-{entry.public_id}")


@bp.route("/dot-xet/<public_id>/phan-cong/tu-dong", methods=["GET", "POST"])
@requires("assignment.edit", Season)
def plan(*, subject: Season) -> Answer:
    """Show the plan of the solver with its balance, or what stands in its way; carry it out when it is confirmed."""
    stage = stage_in(subject)
    form = PlanForm(request.form if request.method == "POST" else request.args)
    if form.per_entry.data is None:
        form.per_entry.data = wanted_of(subject, stage)
        form.per_entry.errors, form.per_entry.process_errors = [], []
    if not 1 <= (form.per_entry.data or 0) <= 15 or not form.number.validate(form):
        form.validate()
        return render_template("judging/plan.html", season=subject, stage=stage, form=form, made=None, error=""), 422
    asked = Rules(form.per_entry.data, expert=not form.any_field.data, apart=not form.same_unit.data)
    number = form.number.data or ""
    if request.method == "POST":
        try:
            made = service.apply_plan(
                stage, asked, public_number=number, shown=form.shown.data or "", actor=actor(), at=requests.now()
            )
        except (NoPlan, PlanChanged) as error:
            return _proposal(subject, stage, form, asked, number, say(error)), error.status
        count = len(made.added)
        flash(ngettext("Đã giao thêm %(num)s lượt chấm.", "Đã giao thêm %(num)s lượt chấm.", count), "ok")
        return requests.finish(url_for("judging.assign", public_id=subject.public_id, buoc=stage.slug))
    return _proposal(subject, stage, form, asked, number)


def _proposal(season: Season, stage: Stage, form: PlanForm, asked: Rules, number: str, error: str = "") -> str:
    made = service.propose(stage, asked, public_number=number)
    names = {key: judge.person.full_name for key, judge in made.judges.items()}
    added, withdrawn = Counter(pair.judge for pair in made.added), Counter(judge for _entry, judge in made.withdrawn)
    loads = made.answer.loads if isinstance(made.answer, Plan) else {}
    low, high = min(loads.values(), default=0), max(loads.values(), default=0)
    return render_template(
        "judging/plan.html",
        season=season,
        stage=stage,
        form=form,
        made=made,
        error=error,
        groups=made.answer.groups if isinstance(made.answer, Plan) else 0,
        balance=[
            (name, loads[key] - added[key] + withdrawn[key], added[key], withdrawn[key], loads[key])
            for key, name in names.items()
            if key in loads
        ],
        pairs=[
            (made.entries[pair.entry].code, names[pair.judge], assignment.reason_of(pair, low, high))
            for pair in made.added[:200]
        ],
        withdrawn=[(made.entries[entry].code, names.get(judge, "")) for entry, judge in made.withdrawn[:200]],
        blockings=words_plan.blockings(made),
    )


@bp.post("/dot-xet/<public_id>/phan-cong/nhan-them")
@requires("assignment.edit", Season)
def take_in(*, subject: Season) -> Answer:
    """Bring entries received after the start into judging."""
    count = service.take_in(subject, actor=actor(), at=requests.now())
    flash(_("Đã đưa thêm %(n)s hồ sơ vào chấm.", n=count), "ok")
    return requests.finish(url_for("judging.assign", public_id=subject.public_id))

"""Pages of the office: drafts, consent, approval, what is sent out, where it appeared; and of the people themselves."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Response, current_app, flash, render_template, request, send_file, url_for
from flask_babel import gettext as _

from core.roomkit import (
    Column,
    Entry,
    NotFoundHere,
    actor,
    finish,
    local_date,
    now,
    open_pictures,
    requires,
    write_table,
)  # fmt: skip
from plugins.tuyen_truyen import queries, service, words
from plugins.tuyen_truyen.forms import AppearanceForm, PaperForm, ReasonForm, StoryForm
from plugins.tuyen_truyen.models import ROOM, Story
from plugins.tuyen_truyen.rules import Channel, Named, Scope
from plugins.tuyen_truyen.views import bp

Page = Response | str | tuple[str, int]


@bp.get("/soan")
@requires("tuyen_truyen.handle")
def board() -> str:
    """The stories of the office, and recognised initiatives that nobody tells yet."""
    page = queries.board(actor(), request.args.get("sau"), request.args.get("truoc"))
    return render_template("tuyen_truyen/board.html", page=page, untold=queries.untold(actor()), chips=words.CHIPS)


@bp.post("/soan/moi/<public_id>")
@requires("tuyen_truyen.draft", Entry)
def draft(subject: Entry) -> Response:
    """Begin a story about an initiative."""
    story = service.draft(subject, actor=actor(), at=now())
    return finish(url_for(f"{ROOM}.edit", public_id=story.public_id))


@bp.get("/soan/<public_id>")
@requires("tuyen_truyen.handle", Story)
def story(subject: Story) -> str:
    """Everything about one story: words, consent, steps, what is sent out, where it appeared."""
    return _story(subject, PaperForm(formdata=None), AppearanceForm(formdata=None))


def _story(subject: Story, paper: PaperForm, seen: AppearanceForm) -> str:
    (post,), said = queries.posts([subject]), queries.said_by([subject.entry])
    people = queries.people_of([subject.entry])[subject.entry_id]
    _choices(paper, seen, people)
    return render_template(
        "tuyen_truyen/story.html", story=subject, post=post, paper=paper, seen=seen, scopes=list(Scope), words=words,
        people=[(one, [said.get((subject.entry_id, one.key, scope)) for scope in Scope]) for one in people],
        conflicts=[words.refusal(each) for each in service.conflicts(subject)],
    )  # fmt: skip


def _choices(paper: PaperForm, seen: AppearanceForm, people: list[Named]) -> None:
    paper.person.choices = [(str(number), one.name) for number, one in enumerate(people)]
    paper.answer.choices = [
        ("name", _("Đồng ý nêu tên")),
        ("picture", _("Đồng ý nêu tên và đăng ảnh")),
        ("none", _("Không đồng ý, rút lại")),
    ]
    seen.channel.choices = [(each.value, text) for each, text in words.CHANNELS.items() if each != Channel.WEB]


@bp.route("/soan/<public_id>/sua", methods=["GET", "POST"])
@requires("tuyen_truyen.edit", Story)
def edit(subject: Story) -> Page:
    """The words of a draft."""
    pictures = {each.public_id: each for each in open_pictures(subject.entry)}
    chosen = subject.picture.public_id if subject.picture is not None else ""
    form = StoryForm(
        data={name: getattr(subject, name) for name in ("title", "summary", "body", "picture_alt")}
        | {"picture": chosen}
    )
    form.picture.choices = [("", _("Không dùng ảnh")), *((key, each.filename) for key, each in pictures.items())]
    if form.validate_on_submit():
        service.edit(
            subject, title=form.title.data, summary=form.summary.data, body=form.body.data,
            picture=pictures.get(form.picture.data or ""), picture_alt=form.picture_alt.data or "", actor=actor(),
            at=now(),
        )  # fmt: skip
        return finish(url_for(f"{ROOM}.story", public_id=subject.public_id))
    page = render_template("tuyen_truyen/edit.html", story=subject, form=form, pictures=pictures)
    return page, 422 if form.errors else 200


def _done(story: Story, message: str) -> Response:
    flash(message, "ok")
    return finish(url_for(f"{ROOM}.story", public_id=story.public_id))


@bp.post("/soan/<public_id>/gui-duyet")
@requires("tuyen_truyen.edit", Story)
def submit(subject: Story) -> Response:
    """Send a draft to the second person."""
    service.step(subject, "submit", actor=actor(), at=now())
    return _done(subject, _("Đã gửi duyệt."))


@bp.post("/soan/<public_id>/duyet")
@requires("tuyen_truyen.approve", Story)
def approve(subject: Story) -> Response:
    """Approve as a second person."""
    service.step(subject, "approve", actor=actor(), at=now())
    return _done(subject, _("Đã duyệt tin. Bấm «Đăng tin» để mọi người đọc được."))


@bp.post("/soan/<public_id>/dang")
@requires("tuyen_truyen.publish", Story)
def publish(subject: Story) -> Response:
    """Show the story to everybody."""
    service.step(subject, "publish", actor=actor(), at=now())
    return _done(subject, _("Đã đăng tin."))


@bp.route("/soan/<public_id>/tra-lai", methods=["GET", "POST"])
@requires("tuyen_truyen.return", Story)
def send_back(subject: Story) -> Page:
    """Return a story to its writer, with the reason."""
    return _with_reason(subject, "return", _("Đã trả lại tin cho người viết."))


@bp.route("/soan/<public_id>/go", methods=["GET", "POST"])
@requires("tuyen_truyen.withdraw", Story)
def withdraw(subject: Story) -> Page:
    """Take a published story off, with the reason."""
    return _with_reason(subject, "withdraw", _("Đã gỡ tin khỏi trang, bản tin Atom và danh sách nhúng."))


def _with_reason(story: Story, act: str, message: str) -> Page:
    form = ReasonForm()
    if form.validate_on_submit():
        service.step(story, act, reason=form.reason.data, actor=actor(), at=now())
        return _done(story, message)
    page = render_template("tuyen_truyen/reason.html", story=story, form=form, withdraws=act == "withdraw")
    return page, 422 if form.errors else 200


@bp.get("/soan/<public_id>/thong-cao")
@requires("tuyen_truyen.handle", Story)
def release(subject: Story) -> str:
    """The press release: clean for the printer, and as plain text for a message."""
    (post,) = queries.posts([subject])
    text = words.release(post, office=str(current_app.extensions["thidua_settings"].union_name))
    return render_template("tuyen_truyen/release.html", story=subject, post=post, text=text)


# --- Consent --------------------------------------------------------------------------------------------------------


@bp.post("/soan/<public_id>/dong-y")
@requires("tuyen_truyen.handle", Story)
def record_paper(subject: Story) -> Page:
    """Record what a person signed on paper."""
    people, form = queries.people_of([subject.entry])[subject.entry_id], PaperForm()
    _choices(form, AppearanceForm(formdata=None), people)
    number = form.person.data or ""
    if not form.validate() or not number.isdecimal() or int(number) >= len(people):
        return _story(subject, form, AppearanceForm(formdata=None)), 422
    given = {"name": {Scope.NAME}, "picture": set(Scope)}.get(form.answer.data, set())
    for scope in Scope:
        service.say(
            subject.entry, people[int(number)], scope, is_given=scope in given, paper=form.paper.data, actor=actor(),
            at=now(),
        )  # fmt: skip
    return _done(subject, _("Đã ghi phiếu của %(name)s.", name=people[int(number)].name))


@bp.get("/dong-y")
@requires("tuyen_truyen.consent")
def own_consents() -> str:
    """What I agree to, for each of my recognised initiatives."""
    entries = queries.recognised_of(actor())
    said = queries.said_by(entries)
    mine = f"person:{actor().person_id}"
    rows = [(entry, [(scope, said.get((entry.id, mine, scope))) for scope in Scope]) for entry in entries]
    return render_template("tuyen_truyen/consents.html", rows=rows, wordings=words.CONSENT_TEXTS)


@bp.post("/dong-y/<public_id>")
@requires("tuyen_truyen.consent", Entry)
def consent(subject: Entry) -> Response:
    """Agree, or take it back, for one purpose."""
    people, mine = queries.people_of([subject])[subject.id], f"person:{actor().person_id}"
    me = next((one for one in people if one.key == mine), None)
    scope = next((each for each in Scope if each.value == request.form.get("scope")), None)
    if me is None or scope is None or not queries.is_recognised(subject):
        raise NotFoundHere()
    given = request.form.get("answer") == "yes"
    service.say(subject, me, scope, is_given=given, actor=actor(), at=now())
    flash(_("Đã ghi: đồng ý.") if given else _("Đã ghi: không đồng ý."), "ok")
    return finish(url_for(f"{ROOM}.own_consents"))


# --- Where it appeared ------------------------------------------------------------------------------------------------


@bp.post("/soan/<public_id>/noi-dang")
@requires("tuyen_truyen.log", Story)
def add_appearance(subject: Story) -> Page:
    """Note where the story was seen."""
    form = AppearanceForm()
    _choices(PaperForm(formdata=None), form, [])
    if not form.validate() or form.appeared_on.data is None or form.channel.data not in dict(form.channel.choices):
        return _story(subject, PaperForm(formdata=None), form), 422
    service.note_appearance(
        subject, Channel(form.channel.data), outlet=form.outlet.data, url=form.url.data or "",
        on=form.appeared_on.data, actor=actor(), at=now(),
    )  # fmt: skip
    return _done(subject, _("Đã ghi nơi đăng."))


@bp.get("/nhat-ky")
@requires("tuyen_truyen.handle")
def log() -> str:
    """Where and when the stories of the office appeared."""
    return render_template("tuyen_truyen/log.html", rows=queries.log(actor()), channels=words.CHANNELS)


@bp.get("/nhat-ky.xlsx")
@requires("tuyen_truyen.handle")
def log_sheet() -> Response:
    """The same as a spreadsheet."""
    columns = [
        Column(_("Ngày đăng"), "date"), Column(_("Kênh")), Column(_("Tên báo, trang hoặc chuyên mục"), width=30),
        Column(_("Tiêu đề"), width=50), Column(_("Đường dẫn"), width=40),
    ]  # fmt: skip
    rows: list[tuple[Any, ...]] = [
        (row.appeared_on, str(words.CHANNELS[row.channel]), row.outlet, row.story.title, row.url)
        for row in queries.log(actor())
    ]
    return send_file(
        BytesIO(write_table(columns, rows, sheet=_("Nơi đăng"))),
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        as_attachment=True,
        download_name=f"noi-dang-{local_date(now()):%Y-%m-%d}.xlsx",
    )

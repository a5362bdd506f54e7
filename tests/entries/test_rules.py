"""The life of an entry, its answers and its eligibility, on plain values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from core.entries import answers, eligibility, rules
from core.entries.rules import State
from core.scoring.movement import Authors, Choice, Criterion, Eligibility, Fact, Form, FormField, Gate, Sheet, ShowIf

CLOSES = datetime(2026, 5, 15, 10, 0, tzinfo=UTC)
TODAY = date(2026, 5, 4)

FORM = Form(
    fields=(
        FormField(id="ai", title="Ai góp vốn?", kind="text", section="Tác giả"),
        FormField(
            id="linh-vuc", title="Dùng cho việc gì?", kind="choice", section="Là gì", required=True,
            choices=(Choice(id="che", title="Chè"), Choice(id="y-te", title="Y tế")),
        ),
        FormField(id="ngay", title="Từ ngày nào?", kind="date", section="Là gì", required=True),
        FormField(id="tinh-duoc", title="Tính được tiền không?", kind="yesno", section="Hiệu quả"),
        FormField(
            id="lam-loi", title="Số tiền làm lợi", kind="money", section="Hiệu quả", required=True, min=Decimal(0),
            show_if=ShowIf(field="tinh-duoc", is_=True),
        ),
        FormField(
            id="cach-tinh", title="Tính thế nào?", kind="longtext", section="Hiệu quả", max_length=10,
            show_if=ShowIf(field="lam-loi", is_=Decimal(5)),
        ),
        FormField(id="anh", title="Ảnh", kind="file", section="Ảnh", required=True),
    ),
    authors=Authors(),
)  # fmt: skip
FULL = {"linh-vuc": "che", "ngay": "2026-03-05"}


def codes(given: dict[str, object], files: int = 1) -> list[tuple[str, str]]:
    found = answers.problems(FORM, given, {"anh": files}, today=TODAY, first_use=frozenset({"ngay"}))
    return [(type(problem).__name__, problem.facts["field"]) for problem in found]


# --- Transitions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("verb", "state", "end"), [
    ("submit", State.DRAFT, State.SUBMITTED),
    ("submit", State.RETURNED, State.SUBMITTED),
    ("endorse", State.SUBMITTED, None),
    ("return", State.RECEIVED, State.RETURNED),
    ("receive", State.ENDORSED, State.RECEIVED),
    ("start_judging", State.RECEIVED, State.IN_JUDGING),
    ("annul", State.AWARDED, State.ANNULLED),
])  # fmt: skip
def test_a_verb_leads_where_the_table_says(verb: str, state: State, end: State | None) -> None:
    assert rules.check_transition(verb, state) == end


@pytest.mark.parametrize(("verb", "state"), [
    ("submit", State.SUBMITTED),
    ("endorse", State.DRAFT),
    ("receive", State.SUBMITTED),
    ("withdraw", State.IN_JUDGING),
    ("revise", State.ENDORSED),
    ("submit", State.WITHDRAWN),
])  # fmt: skip
def test_a_verb_refuses_every_other_state(verb: str, state: State) -> None:
    with pytest.raises(rules.WrongState):
        rules.check_transition(verb, state)


def test_the_deadline_itself_is_in_time_and_a_microsecond_later_is_not() -> None:
    rules.check_deadline(CLOSES, CLOSES)
    with pytest.raises(rules.DeadlinePassed) as refused:
        rules.check_deadline(CLOSES + timedelta(microseconds=1), CLOSES)
    assert refused.value.deadline == CLOSES


# Source: TT 18/2013/TT-BKHCN, Điều 5, mẫu đơn: tỷ lệ (%) đóng góp của từng tác giả [V2].
def test_shares_add_up_to_one_hundred_exactly() -> None:
    rules.check_shares([Decimal("33.4"), Decimal("33.3"), Decimal("33.3")], 1, lead_required=True)
    with pytest.raises(rules.ShareSumWrong) as refused:
        rules.check_shares([Decimal(50), Decimal(40)], 1, lead_required=True)
    assert refused.value.total == 90


@pytest.mark.parametrize("leads", [0, 2])
def test_exactly_one_author_leads(leads: int) -> None:
    with pytest.raises(rules.LeadMissing):
        rules.check_shares([Decimal(50), Decimal(50)], leads, lead_required=True)
    rules.check_shares([Decimal(50), Decimal(50)], leads, lead_required=False)


# --- Answers ------------------------------------------------------------------------------------------------------


def test_sections_come_in_the_order_of_the_form_with_authors_first_and_the_title_after_them() -> None:
    found = answers.sections(FORM)
    assert [(one.number, one.title, one.has_authors, one.has_title) for one in found] == [
        (1, "Tác giả", True, False),
        (2, "Là gì", False, True),
        (3, "Hiệu quả", False, False),
        (4, "Ảnh", False, False),
    ]


def test_a_form_without_questions_still_has_one_step() -> None:
    assert [one.has_title for one in answers.sections(Form())] == [True]


def test_required_answers_are_asked_for_in_form_order() -> None:
    assert codes({}, files=0) == [("AnswerMissing", "linh-vuc"), ("AnswerMissing", "ngay"), ("FilesMissing", "anh")]
    assert codes(FULL) == []


def test_a_question_that_hangs_on_another_is_only_asked_when_it_shows() -> None:
    assert codes({**FULL, "tinh-duoc": True}) == [("AnswerMissing", "lam-loi")]
    assert codes({**FULL, "tinh-duoc": False}) == []
    hidden = {**FULL, "tinh-duoc": False, "lam-loi": "5", "cach-tinh": "quá mười ký tự rồi"}
    assert codes(hidden) == []
    assert codes({**hidden, "tinh-duoc": True}) == [("AnswerOutOfRange", "cach-tinh")]


def test_text_without_a_meaning_is_kept_and_said() -> None:
    assert codes({**FULL, "ngay": {"typed": "31/02/2026"}}) == [("AnswerUnreadable", "ngay")]


def test_first_use_cannot_lie_ahead() -> None:
    assert codes({**FULL, "ngay": "2026-05-04"}) == []
    assert codes({**FULL, "ngay": "2026-05-05"}) == [("DayInFuture", "ngay")]


@pytest.mark.parametrize(("kind", "value", "stored"), [
    ("money", 12_000_000, "12000000"),
    ("number", Decimal("8.50"), "8.5"),
    ("number", Decimal(0), "0"),
    ("date", date(2026, 3, 5), "2026-03-05"),
    ("yesno", False, False),
    ("choices", ["b", "a"], ["b", "a"]),
    ("text", "Chè", "Chè"),
])  # fmt: skip
def test_values_are_stored_in_one_form_and_come_back(kind: str, value: object, stored: object) -> None:
    field = FormField(id="x", title="X", kind=kind)  # type: ignore[arg-type]
    assert answers.stored_of(field, value) == stored
    assert answers.value_of(field, stored) == value


@pytest.mark.parametrize("empty", [None, "", []])
def test_an_empty_answer_is_no_answer(empty: object) -> None:
    assert answers.stored_of(FormField(id="x", title="X", kind="text"), empty) is None


def test_the_field_of_work_is_the_named_choice() -> None:
    found = answers.work_field(FORM)
    assert found is not None
    assert found.id == "linh-vuc"


@pytest.mark.parametrize(("kind", "typed", "stored"), [
    ("count", "12", "12"), ("count", "1,5", None), ("count", "-1", None), ("number", "8,50", "8.5"),
    ("yesno", "true", "true"), ("yesno", "co", None), ("choice", "cao", "cao"), ("choice", "thap", None),
    ("count", "0", "0"), ("count", "mười", None),
])  # fmt: skip
def test_a_fact_takes_only_what_fits_it(kind: str, typed: str, stored: str | None) -> None:
    fact = Fact(id="f", title="F", kind=kind, choices=(Choice(id="cao", title="Cao"),))  # type: ignore[arg-type]
    assert answers.fact_text(fact, typed) == stored


def test_only_facts_of_the_own_sheet_or_of_no_sheet_matter() -> None:
    def sheet(name: str, subject: str, fact: str) -> Sheet:
        gate = Gate(id="g", text="G", effect="note", fact=fact, is_=True)
        criterion = Criterion(id="A", title="A", max=Decimal(100))
        return Sheet(id=name, title=name, subject=subject, criteria=(criterion,), gates=(gate,))  # type: ignore[arg-type]

    facts = [Fact(id=name, title=name, kind="yesno") for name in ("ca-nhan", "tap-the", "chung")]
    sheets = [sheet("a", "person", "ca-nhan"), sheet("b", "collective", "tap-the")]
    assert [one.id for one in answers.relevant_facts(facts, sheets, "person")] == ["ca-nhan", "chung"]


def test_a_criterion_that_asks_for_evidence_adds_a_question_for_files() -> None:
    criterion = Criterion(id="A.1", title="Áp dụng", max=Decimal(100), evidence=("Ảnh nơi áp dụng",))
    form = answers.with_evidence(FORM, [Sheet(id="p", title="P", subject="initiative", criteria=(criterion,))])
    assert (form.fields[-1].id, form.fields[-1].section, form.fields[-1].required) == ("A.1", "Ảnh", True)


# --- Eligibility --------------------------------------------------------------------------------------------------


def meets(rule: Eligibility, *, award: bool = False, **known: object) -> bool:
    standing = eligibility.Standing(filed_on=TODAY, **known)  # type: ignore[arg-type]
    return eligibility.holds(rule, FORM, standing, lambda _award, _since: award)


def within(months: int) -> Eligibility:
    return Eligibility(id="e", title="E", test="within_months", field="ngay", months=months)


# Source: NĐ 13/2012/NĐ-CP, Điều 5 khoản 2: trong thời hạn một năm kể từ ngày áp dụng lần đầu [V2].
def test_a_year_from_first_use_includes_its_last_day() -> None:
    assert meets(within(12), answers={"ngay": "2025-05-04"})
    assert not meets(within(12), answers={"ngay": "2025-05-03"})


def test_months_end_on_the_last_day_of_a_shorter_month() -> None:
    assert eligibility.months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert eligibility.months_later(date(2026, 1, 31), -12) == date(2025, 1, 31)


def test_an_unanswered_question_fails_no_condition() -> None:
    assert meets(within(12), answers={})
    assert meets(within(12), answers={"ngay": {"typed": "hôm nọ"}})


def test_field_is_compares_the_answer() -> None:
    rule = Eligibility(id="e", title="E", test="field_is", field="tinh-duoc", is_=True)
    assert meets(rule, answers={"tinh-duoc": True})
    assert not meets(rule, answers={"tinh-duoc": False})


def test_date_window_includes_both_ends() -> None:
    rule = Eligibility(
        id="e", title="E", test="date_window", field="ngay", from_=date(2026, 1, 1), to=date(2026, 3, 31)
    )
    assert [meets(rule, answers={"ngay": day}) for day in ("2025-12-31", "2026-01-01", "2026-03-31", "2026-04-01")] == [
        False, True, True, False,
    ]  # fmt: skip


def test_members_pass_and_the_unknown_is_not_refused() -> None:
    rule = Eligibility(id="e", title="E", test="member")
    assert [meets(rule, is_member=value) for value in (True, False, None)] == [True, False, True]


def test_tenure_counts_from_the_membership() -> None:
    rule = Eligibility(id="e", title="E", test="tenure", months=6)
    known = [date(2025, 11, 4), date(2025, 11, 5), None]
    assert [meets(rule, member_since=since) for since in known] == [True, False, True]


def test_unit_kind_is_one_of_the_named() -> None:
    rule = Eligibility(id="e", title="E", test="unit_kind", units=("cdcs",))
    assert meets(rule, unit_kind="cdcs")
    assert not meets(rule, unit_kind="cd-xa")


def test_an_earlier_award_keeps_the_entry_out() -> None:
    rule = Eligibility(id="e", title="E", test="not_awarded", award="bang", years=2)
    assert meets(rule)
    assert not meets(rule, award=True)

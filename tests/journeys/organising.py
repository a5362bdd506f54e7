"""What an organiser does alike in every journey: prepare a season, appoint judges, start judging, decide, publish."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core.vietnamese.dates import format_date, local_date
from tests.journeys.browser import Browser, Page


def prepare_season(organiser: Browser, *, movement: str, prefix: str, document: str, **more: str) -> Page:
    """Walk through the steps of a new season, open since yesterday until tomorrow; return the last step.

    :param more: `title`, where it is not the one that the page suggests.
    """
    page = organiser.get("/dot-xet/moi")
    page = organiser.send(page, "Lưu và tiếp tục", source=page.choice("source", movement), year="2026")
    page = organiser.send(page, "Lưu và tiếp tục", code_prefix=prefix, legal_document=document, **more)
    page = organiser.send(page, "Lưu và tiếp tục")
    today = local_date(datetime.now(UTC))
    page = organiser.send(
        page, "Lưu và tiếp tục", opens_on=format_date(today - timedelta(days=1)), opens_time="08:00",
        closes_on=format_date(today + timedelta(days=1)), closes_time="17:00",
        judging_on=format_date(today + timedelta(days=7)), judging_time="17:00",
    )  # fmt: skip
    return organiser.send(page, "Lưu và tiếp tục")


def start_judging(organiser: Browser, season: str, judges: tuple[tuple[str, str], ...]) -> Page:
    """Make one panel of the judges, start judging, ask for the automatic plan; return the page of the plan."""
    page = organiser.follow(organiser.get(season), "Giám khảo")
    page = organiser.send(page, "Lập tổ chấm", title="Tổ giám khảo")
    for name, _ in judges:
        page = organiser.send(page, "Tìm", action="hoi-dong-cham", ten=name)
        page = organiser.send(page, "Thêm", action="/them")
    organiser.send(organiser.follow(page, "Bắt đầu chấm"), "Bắt đầu chấm")
    return organiser.follow(organiser.follow(organiser.get(season), "Phân công"), "Tự động phân công")


def decide_and_publish(organiser: Browser, season: str, *, entries: int, number: str, written: str, basis: str) -> None:
    """Propose, record the decision, publish: two citations.

    :param number: as typed; `written` is how the decision shows it.
    """
    page = organiser.send(organiser.follow(organiser.get(season), "Giải thưởng"), "Lập danh sách đề nghị")
    assert f"Đã lập danh sách đề nghị: {entries} hồ sơ" in page.words, page.words[:2000]
    page = organiser.follow(page, "Ghi quyết định")
    page = organiser.send(
        page, "Ghi quyết định", number=number, signed_on=format_date(local_date(datetime.now(UTC))),
        signer_name="Phạm Quốc Khánh", basis=basis,
    )  # fmt: skip
    assert page.h1 == f"Quyết định số {written}"
    page = organiser.send(organiser.follow(page, "Công bố kết quả"), "Công bố kết quả")
    assert "Đã công bố kết quả và lập 2 giấy chứng nhận." in page.words

"""A movement made on the web, without a file: five criteria, levels, two bands, a gate, three tiers; then a season."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from tests.journeys.browser import Browser, Page
from tests.journeys.installation import Installation
from tests.journeys.organising import prepare_season

ORGANISER = "0900000005"
TITLE = "Công nhân xanh"
STAY = "Lưu bản nháp"
NEXT = "Lưu và tiếp tục"
# Code, title and points of the criteria that are typed; the first is picked from levels.
CRITERIA = (("Tiết kiệm điện", "20,5"), ("Tiết kiệm nước", "19,5"), ("Giảm rác thải", "15"), ("Trồng cây", "15"))
LEVELS = (("Vượt kế hoạch", "21", "30"), ("Đúng kế hoạch", "11", "20"), ("Chưa đạt", "0", "10"))


def journey(made: Installation) -> None:
    """From a blank page to an open season; the exported file has the digest that the pages show."""
    organiser = made.person(ORGANISER)
    page = begin(organiser)
    page = describe(organiser, page)
    page = criteria(organiser, page)
    page = bands_and_gate(organiser, page)
    page = tiers(organiser, page)
    digest = offer(organiser, page)
    assert open_season(organiser, TITLE) == digest
    assert exported(made, organiser) == digest


def begin(organiser: Browser) -> Page:
    """Begin from a blank page; the page says at once what is still missing."""
    page = organiser.follow(organiser.get("/phong-trao-cua-toi"), "Lập phong trào mới")
    page = organiser.send(page, NEXT, title=TITLE)
    assert page.h1 == "Tên và căn cứ"
    assert "Còn 3 việc" in page.words
    return page


def describe(organiser: Browser, page: Page) -> Page:
    """Steps 1 to 3: what it rests on, who enters, what the form asks."""
    page = organiser.send(
        page, NEXT, **{
            "movement.legal_basis[0].document": "Kế hoạch 12/KH-LĐLĐ",
            "movement.legal_basis[0].mark": page.choice("movement.legal_basis[0].mark", "Đã đọc văn bản gốc"),
            "movement.effective_from": "01/01/2026",
        }
    )  # fmt: skip
    assert page.h1 == "Ai dự xét"
    page = organiser.send(page, NEXT, **{"movement.subjects": [page.choice("movement.subjects", "Tập thể")]})
    assert page.h1 == "Mẫu hồ sơ"
    page = organiser.send(page, "Thêm câu hỏi")
    page = organiser.send(
        page, NEXT, **{
            "form.fields[0].title": "Việc đã làm", "form.fields[0].kind": page.choice("form.fields[0].kind", "Nhiều"),
            "form.fields[0].required": "y",
        }
    )  # fmt: skip
    assert page.h1 == "Tiêu chí và mức"
    return page


def criteria(organiser: Browser, page: Page) -> Page:
    """Step 4: five criteria; the running total says what is missing; a mistyped number stays as typed and is named."""
    for _ in range(5):
        page = organiser.send(page, "Thêm tiêu chí")
    at = "sheets[0].criteria"
    typed: dict[str, Any] = {"sheets[0].subject": page.choice("sheets[0].subject", "Tập thể")}
    typed |= {f"{at}[0].title": "Môi trường", f"{at}[0].~kind": page.choice(f"{at}[0].~kind", "Chọn một mức")}
    for number, (title, points) in enumerate(CRITERIA, start=1):
        typed |= {f"{at}[{number}].title": title, f"{at}[{number}].max": points}
    typed[f"{at}[1].max"] = "20,5 điểm"
    page = organiser.send(page, STAY, **typed)
    assert "Tổng 49,5, cần đúng 100" in page.words
    assert "«20,5 điểm» chưa phải là số. Nhập số, ví dụ 8,5" in page.words
    assert page.form(STAY).values[f"{at}[1].max"] == "20,5 điểm"
    page = organiser.send(page, STAY, **{f"{at}[1].max": "20,5", f"{at}[1].step": "0,5", f"{at}[2].step": "0,5"})
    for _ in LEVELS:
        page = organiser.send(page, "Thêm mức")
    levels: dict[str, Any] = {}
    for number, (title, lowest, highest) in enumerate(LEVELS):
        levels |= {f"{at}[0].levels[{number}].title": title, f"{at}[0].levels[{number}].from": lowest,
                   f"{at}[0].levels[{number}].to": highest}  # fmt: skip
    page = organiser.send(page, NEXT, **levels)
    assert page.h1 == "Cách tính điểm"
    assert "Không còn việc nào phải sửa" in page.words
    return organiser.send(page, NEXT)


def bands_and_gate(organiser: Browser, page: Page) -> Page:
    """Step 6: two bands and one condition."""
    assert page.h1 == "Xếp loại và điều kiện"
    for button in ("Thêm xếp loại", "Thêm xếp loại", "Thêm điều kiện"):
        page = organiser.send(page, button)
    page = organiser.send(
        page, NEXT, **{
            "sheets[0].bands[0].title": "Xanh", "sheets[0].bands[0].min": "80",
            "sheets[0].bands[1].title": "Đạt", "sheets[0].bands[1].min": "49,5",
            "sheets[0].gates[0].text": "Tổng điểm dưới 49,5", "sheets[0].gates[0].total_below": "49,5",
            "sheets[0].gates[0].effect": page.choice("sheets[0].gates[0].effect", "Không đạt"),
        }
    )  # fmt: skip
    assert page.h1 == "Giải thưởng và cơ cấu"
    return page


def tiers(organiser: Browser, page: Page) -> Page:
    """Step 7: three tiers; steps 8 has what it needs from the beginning."""
    typed: dict[str, str] = {}
    for number, (title, quota) in enumerate((("Giải Nhất", "1"), ("Giải Nhì", "2"), ("Giải Ba", "3"))):
        page = organiser.send(page, "Thêm hạng giải")
        typed |= {f"sheets[0].tiers[{number}].title": title, f"sheets[0].tiers[{number}].quota": quota}
    page = organiser.send(page, NEXT, **typed)
    assert page.h1 == "Các bước và giấy tờ"
    page = organiser.send(page, NEXT)
    assert page.h1 == "Kiểm tra và đưa vào dùng"
    assert "Không còn việc nào phải sửa" in page.words
    return page


def offer(organiser: Browser, page: Page) -> str:
    """Step 9: check, read what putting to use does, do it; return the digest that every page shows."""
    before = digest_on(page)
    page = organiser.send(page, "Kiểm tra", action="/kiem-tra")
    page = organiser.follow(page, "Đưa vào dùng")
    assert digest_on(page) == before
    page = organiser.send(page, "Đưa vào dùng", switch_on="y")
    assert "Đã đưa vào dùng phiên bản 1" in page.words
    return digest_on(page)


def open_season(organiser: Browser, title: str) -> str:
    """Begin and open a season of the movement, without a restart; return the digest of its movement."""
    page = prepare_season(organiser, movement=title, prefix="CNX", document="Kế hoạch 13/KH-LĐLĐ")
    page = organiser.send(organiser.follow(page, "Mở đợt xét"), "Mở đợt xét")
    assert page.h1 == f"{title}, đợt 2026"
    page = organiser.follow(page, "Đọc quy tắc của đợt")
    assert "Vượt kế hoạch" in page.words
    frozen = json.loads(organiser.download(page, "Tải quy tắc (JSON)"))
    document = {"engine": frozen["engine"], **frozen["movement"]}
    content = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(content).hexdigest()


def digest_on(page: Page) -> str:
    """Return the first SHA-256 that a page shows."""
    found = re.findall(r"\b[0-9a-f]{64}\b", page.words)
    assert found, page.words[:3000]
    return found[0]


def exported(made: Installation, organiser: Browser) -> str:
    """Return the digest that the command line finds in the file that the movement's page gives away."""
    page = organiser.follow(organiser.get("/phong-trao-cua-toi"), TITLE)
    page = organiser.follow(page, "Tải tệp về, hoặc lấy nội dung từ tệp")
    file = made.folder / "movement.toml"
    file.write_bytes(organiser.download(page, "Tải tệp movement.toml"))
    (result,) = json.loads(made.run("movements", "check", str(file), "--json"))
    assert (result["ok"], result["problems"]) == (True, [])
    return str(result["sha256"])

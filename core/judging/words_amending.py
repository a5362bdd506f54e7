"""The Vietnamese of amendments: what stands in the way of one, and what it will do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

from core.judging.rules import AmendmentRefused, Obstacle
from core.seasons.words import noun
from core.web.sentences import sentence

_OBSTACLES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "ranked_keeps": lambda _f: _(
        "Mọi hồ sơ đã chấm xong nên «chỉ hồ sơ chưa chấm xong» không đổi được gì. Chọn «Tính lại tất cả», hoặc mở lại "
        "việc chấm trước."
    ),
    "ranked_invalid": lambda f: _(
        "%(n)s phiếu đã niêm phong không khớp quy tắc mới mà việc chấm đã đóng. Mở lại việc chấm trước, rồi sửa đổi và "
        "mở lại các phiếu đó.",
        n=f["n"],
    ),
    "subject_gone": lambda f: _(
        "Quy tắc mới không còn xét %(noun)s mà đợt này có %(n)s hồ sơ %(noun)s. Giữ đối tượng này đến hết đợt; đổi ở "
        "đợt sau.",
        noun=noun(f["subject"]), n=f["n"],
    ),
    "field_gone": lambda f: _(
        "Câu hỏi «%(title)s» không còn trong mẫu mới mà %(n)s hồ sơ đã trả lời. Giữ câu hỏi này trong tệp quy tắc của "
        "phong trào; bỏ ở đợt sau.",
        **f,
    ),
    "field_kind": lambda f: _(
        "Câu hỏi «%(title)s» đổi loại câu trả lời nên %(n)s câu trả lời cũ không đọc được. Giữ loại cũ, hoặc thêm câu "
        "hỏi mới với mã khác.",
        **f,
    ),
    "choice_gone": lambda f: _(
        "Lựa chọn «%(choice)s» của câu hỏi «%(title)s» không còn mà %(n)s hồ sơ đã chọn. Giữ lựa chọn này đến hết đợt.",
        **f,
    ),
    "field_exposed": lambda f: _(
        "Câu trả lời «%(title)s» của %(n)s hồ sơ đang được giữ kín hoặc giấu khi chấm, mẫu mới thì không. Giữ như cũ: "
        "người nộp đã trả lời với điều kiện đó.",
        **f,
    ),
    "authors_gone": lambda f: _(
        "Mẫu mới không còn phần tác giả mà %(n)s hồ sơ đã khai tác giả. Giữ phần tác giả đến hết đợt.", **f
    ),
    "fact_changed": lambda f: _(
        "Số liệu «%(title)s» đổi loại hoặc bớt lựa chọn nên %(n)s giá trị đã ghi không đọc được. Giữ như cũ, hoặc thêm "
        "số liệu mới với mã khác.",
        **f,
    ),
    "stages_changed": lambda _f: _(
        "Các bước của đợt thay đổi (bước, thứ tự, cấp, cách giấu tên) mà hồ sơ, phân công và phiếu đang gắn với các "
        "bước cũ. Giữ nguyên các bước; đổi ở đợt sau."
    ),
    "sheet_begun": lambda f: _(
        "Ở bước «%(stage)s», %(n)s phiếu cho %(noun)s đã bắt đầu nên không đổi sang phiếu khác được. Giữ phiếu đang "
        "dùng.",
        stage=f["stage"], n=f["n"], noun=noun(f["subject"]),
    ),
    "column_gone": lambda f: _(
        "Cột «%(title)s» không còn hoặc đổi người chấm mà %(n)s phiếu đã chấm ở cột này. Giữ cột này đến hết đợt.", **f
    ),
    "criterion_gone": lambda f: _(
        "Tiêu chí «%(title)s» không còn mà đã có phiếu niêm phong, nên điểm cũ và mới không so được với nhau. Chọn "
        "«Tính lại tất cả», hoặc giữ tiêu chí này.",
        **f,
    ),
    "criterion_kind": lambda f: _(
        "Tiêu chí «%(title)s» đổi cách chấm mà đã có phiếu niêm phong, nên điểm cũ và mới không so được với nhau. Chọn "
        "«Tính lại tất cả», hoặc giữ cách chấm cũ.",
        **f,
    ),
    "band_gone": lambda f: _(
        "Xếp loại «%(title)s» không còn mà đã có phiếu niêm phong, nên hồ sơ giữ quy tắc cũ sẽ mang xếp loại không có. "
        "Chọn «Tính lại tất cả», hoặc giữ xếp loại này.",
        **f,
    ),
}  # fmt: skip


def obstacle_text(one: Obstacle) -> str:
    """Return why an amendment is refused, and what to do instead."""
    return _OBSTACLES[one.code](one.facts)


@sentence(AmendmentRefused)
def _refused(error: AmendmentRefused) -> str:
    return " ".join(obstacle_text(one) for one in error.obstacles)

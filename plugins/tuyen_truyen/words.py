"""What people read: states, channels, consent, refusals, and the texts that leave the house."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.roomkit import DomainError, format_date, local_date, public_address, sentence
from plugins.tuyen_truyen import rules
from plugins.tuyen_truyen.rules import Channel, Post, Scope, StoryState

PHRASES = {
    "tuyen_truyen.draft": _l("Soạn tin"),
    "tuyen_truyen.edit": _l("Sửa tin"),
    "tuyen_truyen.submit": _l("Gửi duyệt tin"),
    "tuyen_truyen.return": _l("Trả lại tin"),
    "tuyen_truyen.approve": _l("Duyệt tin"),
    "tuyen_truyen.publish": _l("Đăng tin"),
    "tuyen_truyen.withdraw": _l("Gỡ tin"),
    "tuyen_truyen.consent": _l("Ghi đồng ý nêu tên, hình ảnh"),
    "tuyen_truyen.consent_ended": _l("Dừng tin vì rút lại đồng ý"),
    "tuyen_truyen.log": _l("Ghi nơi đăng tin"),
}
# A state in words, and the kind of its chip.
CHIPS = {
    StoryState.DRAFT: (_l("Đang soạn"), "neutral"),
    StoryState.WAITING: (_l("Chờ duyệt"), "warn"),
    StoryState.APPROVED: (_l("Đã duyệt, chưa đăng"), "info"),
    StoryState.PUBLISHED: (_l("Đã đăng"), "ok"),
    StoryState.WITHDRAWN: (_l("Đã gỡ"), "err"),
}
CHANNELS = {
    Channel.WEB: _l("Trang web này"),
    Channel.FACEBOOK: _l("Facebook"),
    Channel.ZALO: _l("Zalo"),
    Channel.PRESS: _l("Báo"),
    Channel.BROADCAST: _l("Phát thanh, truyền hình"),
    Channel.OTHER: _l("Nơi khác"),
}
# What a person agrees to. Another meaning needs another number: rules.CONSENT_TEXT.
CONSENT_TEXTS = {
    Scope.NAME: _l(
        "Tôi đồng ý để Công đoàn nêu họ tên của tôi trong tin về sáng kiến này: trên trang web, Facebook, Zalo của "
        "Công đoàn và trong thông cáo gửi báo, đài. Tôi có thể rút lại bất cứ lúc nào."
    ),
    Scope.PICTURE: _l(
        "Tôi đồng ý để Công đoàn đăng ảnh trong hồ sơ sáng kiến này kèm tin: trên trang web, Facebook, Zalo của "
        "Công đoàn và trong thông cáo gửi báo, đài. Tôi có thể rút lại bất cứ lúc nào."
    ),
}
REFUSALS: dict[type[DomainError], object] = {
    rules.NotRecognised: _l(
        "Sáng kiến này chưa có giải còn hiệu lực đã công bố nên chưa viết tin được. Chọn sáng kiến khác."
    ),
    rules.StoryExists: _l("Sáng kiến này đã có tin. Mở tin đó ở trang Tuyên truyền để viết tiếp."),
    rules.StoryUnfinished: _l("Tin còn thiếu tóm tắt hoặc nội dung. Bấm «Sửa tin», điền đủ rồi gửi duyệt."),
    rules.NameWithoutConsent: _l(
        "Tin nêu tên người chưa đồng ý: %(names)s. Bỏ tên khỏi tin, hoặc ghi phiếu đồng ý của người đó."
    ),
    rules.PictureWithoutConsent: _l(
        "Chưa đăng ảnh được vì chưa có đồng ý về hình ảnh của: %(names)s. Bỏ ảnh, hoặc ghi phiếu đồng ý."
    ),
    rules.SecondPersonNeeded: _l("Người viết tin không tự duyệt. Nhờ một người khác trong ban tổ chức duyệt."),
    rules.StepTaken: _l("Tin vừa được người khác chuyển bước. Tải lại trang để xem bước hiện tại."),
}


def refusal(error: DomainError) -> str:
    """Return a refusal in words, with the names it concerns."""
    return str(REFUSALS[type(error)]).replace("%(names)s", ", ".join(error.facts.get("names", ())))


for _kind in REFUSALS:
    sentence(_kind)(refusal)


def caption(post: Post) -> str:
    """Return what is pasted into Zalo or Facebook."""
    who = [_("Tác giả: %(names)s", names=", ".join(post.names))] if post.names else []
    return "\n".join([post.title, "", post.summary, "", *who, post.unit, public_address(post.path)])


def release(post: Post, *, office: str) -> str:
    """Return the press release as plain text."""
    day = format_date(local_date(post.published_at)) if post.published_at else ""
    who = [_("Tác giả: %(names)s", names=", ".join(post.names)), ""] if post.names else []
    parts = [_("THÔNG CÁO BÁO CHÍ"), ", ".join(filter(None, (office, day))), "", post.title, "", post.summary, ""]
    for paragraph in post.paragraphs:
        parts += [paragraph, ""]
    return "\n".join([*parts, *who, _("Đơn vị: %(unit)s", unit=post.unit), public_address(post.path), ""])

"""Text pasted from the fonts used before Unicode (TCVN3 with .VnTime, VNI with VNI-Times): noticed and converted.

Source: TCVN 5712:1993 (the table is in common use); the VNI table is that of VNI-Windows.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

LegacyFont = Literal["tcvn3", "vni"]

_TCVN3_PAIRS = (
    "¡Ă ¢Â £Ê ¤Ô ¥Ơ ¦Ư §Đ ¨ă ©â ªê «ô ¬ơ \u00adư ®đ µà ¸á ¶ả ·ã ¹ạ »ằ ¾ắ ¼ẳ ½ẵ Æặ Çầ Êấ Èẩ Éẫ Ëậ "
    "Ìè Ðé Îẻ Ïẽ Ñẹ Òề Õế Óể Ôễ Öệ ×ì Ýí Øỉ Üĩ Þị ßò ãó áỏ âõ äọ åồ èố æổ çỗ éộ êờ íớ ëở ìỡ îợ "
    "ïù óú ñủ òũ ôụ õừ øứ öử ÷ữ ùự úỳ ýý ûỷ üỹ þỵ"
)
_TCVN3 = str.maketrans({pair[0]: pair[1] for pair in _TCVN3_PAIRS.split()})

_GRAVE, _ACUTE, _HOOK, _TILDE, _DOT = "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"
_CIRCUMFLEX, _BREVE, _HORN = "\u0302", "\u0306", "\u031b"
_VNI_TONES = {"ø": _GRAVE, "ù": _ACUTE, "û": _HOOK, "õ": _TILDE, "ï": _DOT}
_VNI_HATS = {
    "â": _CIRCUMFLEX, "à": _CIRCUMFLEX + _GRAVE, "á": _CIRCUMFLEX + _ACUTE, "å": _CIRCUMFLEX + _HOOK,
    "ã": _CIRCUMFLEX + _TILDE, "ä": _CIRCUMFLEX + _DOT,
}  # fmt: skip
_VNI_BREVES = {
    "ê": _BREVE, "è": _BREVE + _GRAVE, "é": _BREVE + _ACUTE, "ú": _BREVE + _HOOK, "ü": _BREVE + _TILDE,
    "ë": _BREVE + _DOT,
}  # fmt: skip
_VNI_SINGLES = {"ñ": "đ", "ô": "ơ", "ö": "ư", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}

_UNICODE_ONLY = re.compile("[ĂăĐđƠơƯư\u1ea0-\u1ef9\u0300\u0301\u0303\u0309\u0323]")
# Latin-1 characters that no Vietnamese word in Unicode holds.
_TCVN3_SIGNS = "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¸¶·¹»¾¼½ÆÇËÎÏÑÖ×ØÜÞßäåæçëîïñö÷øûüþ"
_TCVN3_SURE = re.compile("[A-Za-z][¡¢£¤¥¦§¨©ª¬\u00ad®µ¸¶¹¾¼½×Þß÷þ][a-z]")
# A sign beside a letter, or a capital of Latin-1 inside a word: «Müller» and «naïve» have neither.
_TCVN3_LIKELY = re.compile("[A-Za-z][¡¢£¤¥¦§¨©ª¬\u00ad®µ¸¶·¹¾¼½×Þß÷þÆÇËÎÏÑÖØÜ]|[¡¢£¤¥¦§¨©ª\u00ad®µ¸¶¹][a-z]")
_TCVN3_WORD = re.compile(f"(?:[A-Za-z]+[{_TCVN3_SIGNS}]|[{_TCVN3_SIGNS.replace('»', '')}][a-z])")
# Pairs that neither Vietnamese nor a neighbouring language writes: a hat after the vowel it stands on.
_VNI_SURE = re.compile("[aA][âêàáåãäèéüëÂÊÀÁÅÃÄÈÉÜË]|[eE][âàáåãäÂÀÁÅÃÄ]|[oO][âåäÂÅÄ]|[uöÖ][øûï]|[ôÔ][øùûõïØÙÛÕÏ]")
_VNI_MAYBE = re.compile("[aeouyAEOUY][øùûïØÙÛÏ]|[aeouAEOU][õÕ]|\\b[ñÑ][aeiouyöô]|[öÖ][aeinou]|\\b[A-Za-z]+[öÖ]")


def looks_like_legacy_font(text: str) -> LegacyFont | None:
    """Return which old font a pasted text was typed with, or None for ordinary Unicode.

    Decided from letters no Vietnamese word in Unicode holds; one real Unicode letter (ă, đ, ơ, ạ …) settles it.
    It is a guess: offer the conversion, never do it unasked.
    """
    if _UNICODE_ONLY.search(text):
        return None
    sure, maybe = len(_VNI_SURE.findall(text)), len(_VNI_MAYBE.findall(text))
    words = sum(1 for word in re.split(r"[ \t\r\n]+", text) if _TCVN3_WORD.search(word))
    if (sure or maybe > 1) and not _TCVN3_SURE.search(text) and sure + maybe >= words:
        return "vni"
    if (words > 1 and _TCVN3_LIKELY.search(text)) or _TCVN3_SURE.search(text):
        return "tcvn3"
    return None


def from_legacy_font(text: str, font: LegacyFont) -> str:
    """Return the text in Unicode (NFC), as «Chuyển sang Unicode» offers it.

    TCVN3 has small marked letters only and leaves capitals to the font, so «TRêNG» comes back as «TRờNG».
    """
    converted = text.translate(_TCVN3) if font == "tcvn3" else _from_vni(text)
    return unicodedata.normalize("NFC", converted)


def _from_vni(text: str) -> str:
    pieces: list[str] = []
    for char in text:
        low = char.lower()
        mark = _vni_mark(pieces[-1] if pieces else "", low)
        if mark:
            pieces[-1] += mark
            continue
        letter = _VNI_SINGLES.get(low, low)
        pieces.append(letter.upper() if char != low else letter)
    return "".join(pieces)


def _vni_mark(before: str, low: str) -> str:
    """Return the marks that `low` puts on the letter before it, or nothing when it is a letter itself."""
    vowel = before.lower()
    if vowel in {"a", "e", "o", "u", "y", "ơ", "ư"} and low in _VNI_TONES:
        return _VNI_TONES[low]
    if vowel in {"a", "e", "o"} and low in _VNI_HATS:
        return _VNI_HATS[low]
    return _VNI_BREVES.get(low, "") if vowel == "a" else ""

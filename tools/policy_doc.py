"""Writes docs/policy.md, the permissions as people read them, from the one table the program reads."""

from __future__ import annotations

import sys
from pathlib import Path

from core.accounts import policy
from core.accounts.rules import Role

TARGET = Path(__file__).resolve().parent.parent / "docs" / "policy.md"

ROLES = {
    Role.PUBLIC: "everybody · mọi người",
    Role.WORKER: "signed in · người có tài khoản",
    Role.OFFICER: "officer · cán bộ công đoàn",
    Role.JUDGE: "judge · giám khảo",
    Role.ORGANISER: "organiser · ban tổ chức",
    Role.ADMIN: "administrator · quản trị",
}

RELATIONS = {
    "anyone": ("–", "–"),
    "author": (
        "owner, author or nominee of the entry",
        "chủ hồ sơ, tác giả, đồng tác giả hoặc người được đề nghị của hồ sơ",
    ),
    "nominee": ("the person the entry is about", "người được đề nghị trong hồ sơ"),
    "filer": ("owns the entry or typed it for somebody", "chủ hồ sơ, hoặc người nhập hộ"),
    "subtree": ("belongs to a unit of the grant or below it", "thuộc đơn vị được giao hoặc đơn vị bên dưới"),
    "endorser": (
        "the entry waits for a unit of the grant or below it",
        "hồ sơ đang chờ đơn vị được giao hoặc đơn vị bên dưới",
    ),
    "last_endorser": ("the grant's own unit endorsed last", "chính đơn vị được giao xác nhận gần nhất"),
    "self_filler": ("the entry is about this person", "hồ sơ của chính người này"),
    "filler": ("filled this sheet and is not recused", "người lập phiếu, không thuộc diện né tránh"),
    "assigned": ("the entry is given to this judge", "hồ sơ được giao cho giám khảo này"),
    "assigned_openly": (
        "the same, in a stage that shows the authors",
        "như trên, ở vòng chấm có ghi tên tác giả",
    ),
    "owner": (
        "belongs to a season or a movement in the making of a unit of the grant or below it",
        "thuộc đợt xét, hoặc phong trào đang lập, của đơn vị được giao hoặc đơn vị bên dưới",
    ),
    "recipient": ("received the award, once it is published", "người được khen, sau khi công bố"),
}

HEAD = """# Who may do what · Ai được làm gì

Written by `tools/policy_doc.py` from `core/accounts/policy.py`; a test compares the two. Do not edit it here.

One row: somebody who holds the **role** may do the **verb** to a thing to which he or she stands in the **relation**,
while the thing is in one of the **phases** (empty: any). **Fields** are the groups of a thing's fields that the row
opens to reading. What no row allows is refused; what a person may not even read answers as if it did not exist.

Ghi chú tiếng Việt: mỗi dòng là một quyền; không có dòng nào thì không được làm.
"""


def text() -> str:
    """Return the whole page."""
    parts = [HEAD, "## Relations · Quan hệ\n", "| relation | who that is | là ai |", "|---|---|---|"]
    used = {row.relation for row in policy.TABLE}
    parts += [f"| {name} | {english} | {viet} |" for name, (english, viet) in RELATIONS.items() if name in used]
    for role in Role:
        rows = [row for row in policy.TABLE if row.role == role]
        parts += ["", f"## {ROLES[role]}\n", "| verb | relation | phases | fields |", "|---|---|---|---|"]
        parts += [
            f"| `{row.verb}` | {row.relation} | {', '.join(sorted(row.phases))} | {', '.join(sorted(row.fields))} |"
            for row in sorted(rows, key=lambda row: (row.verb, row.relation))
        ]
    return "\n".join(parts) + "\n"


def main(arguments: list[str]) -> int:
    """Write the page, or with --check say whether it is as it would be written."""
    if "--check" not in arguments:
        TARGET.write_text(text(), encoding="utf-8")
        return 0
    if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text():
        return 0
    print("docs/policy.md is not what the table says. Run: python tools/policy_doc.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

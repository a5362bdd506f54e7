"""The ways to and from files: the movement as `movement.toml`."""

from __future__ import annotations

from flask import Response

from core.doors.toml_text import to_toml
from core.movements.blueprint import bp
from core.movements.content import unpack
from core.movements.models import MovementDraft
from core.movements.reading import Answer
from core.web.access import requires


@bp.get("/<public_id>/movement.toml")
@requires("movement.edit", MovementDraft)
def toml(*, subject: MovementDraft) -> Answer:
    """Give the working copy away as a file: sound, it has the digest that the page shows."""
    return _file(to_toml(unpack(subject.content)).encode(), "application/toml", f"{subject.movement_id}.toml")


def _file(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer

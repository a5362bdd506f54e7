"""Pages for everybody: the list, a story, its picture, the feed, the list that other sites embed."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request, url_for

from core.roomkit import (
    VISITOR,
    NotFoundHere,
    allows,
    embeddable,
    picture,
    public_address,
    requires,
    see_other,
    setting,
)  # fmt: skip
from plugins.tuyen_truyen import queries
from plugins.tuyen_truyen.models import ROOM, Story

bp = Blueprint(ROOM, __name__)
PICTURE_PIXELS = 960


def _public(story: Story) -> Story:
    """Return a story that everybody may read; whoever works on it reads it on its own page."""
    if not allows(VISITOR, "tuyen_truyen.read", story):
        raise NotFoundHere()
    return story


@bp.get("")
@requires("public.read")
def index() -> str:
    """The published stories, newest first."""
    page = queries.public_page(request.args.get("sau"), request.args.get("truoc"))
    return render_template("tuyen_truyen/index.html", page=page, posts=queries.posts(page.rows))


@bp.get("/<slug>-<public_id>")
@requires("tuyen_truyen.read", Story)
def show(subject: Story, slug: str) -> Response | str:
    """One story; an old or mistyped slug leads to the right one."""
    (post,) = queries.posts([_public(subject)])
    if request.path != post.path and slug:
        return see_other(post.path)
    photo_address = public_address(url_for(f"{ROOM}.photo", public_id=post.public_id))
    return render_template(
        "tuyen_truyen/post.html", post=post, address=public_address(post.path), picture_address=photo_address
    )


@bp.get("/anh/<public_id>.jpg")
@requires("tuyen_truyen.read", Story)
def photo(subject: Story) -> Response:
    """The picture of a story, drawn anew, while everybody in the entry agrees."""
    (post,) = queries.posts([_public(subject)])
    if not post.has_picture or subject.picture is None:
        raise NotFoundHere()
    response = Response(picture(subject.picture, longest=PICTURE_PIXELS), mimetype="image/jpeg")
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Asked again each time: a withdrawn consent holds at once.
    response.headers["Cache-Control"] = "no-cache, private"
    return response


@bp.get("/atom.xml")
@requires("public.read")
def feed() -> Response:
    """The newest stories as an Atom feed (RFC 4287)."""
    posts = queries.posts(queries.newest(queries.FEED_SIZE))
    text = render_template(
        "tuyen_truyen/atom.xml", posts=posts, address=public_address, home=public_address(url_for(f"{ROOM}.index"))
    )
    response = Response(text, mimetype="application/atom+xml")
    response.headers["Cache-Control"] = "public, max-age=300"
    response.add_etag()
    response.make_conditional(request)
    return response


@bp.get("/nhung")
@requires("public.read")
def embedded() -> Response:
    """A short list for a frame on another site; who may frame it is the operator's to say."""
    posts = queries.posts(queries.newest(queries.EMBEDDED))
    page = make_response(render_template("tuyen_truyen/embedded.html", posts=posts, address=public_address))
    return embeddable(page, setting(ROOM, "frame_ancestors"))

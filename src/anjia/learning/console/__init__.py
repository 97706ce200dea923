"""The console's pages of training: translate, one call, show or go on."""

from typing import Final

from django.urls import path

from anjia.learning.console import classes, courses, drafts, people

app_name = "learning"

COURSE: Final = "courses/<slug:course_code>"
DRAFT: Final = "drafts/<uuid:draft_id>"
CLASS: Final = "classes/<uuid:class_id>"
urlpatterns = [
    path("", courses.courses, name="courses"),
    path("seed", courses.seed, name="seed"),
    path("new", drafts.new, name="new"),
    path("people/", people.matrix, name="people"),
    path("people/<uuid:staff_id>", people.person, name="person"),
    path("certificates/<uuid:certificate_id>", people.certificate, name="certificate"),
    path("classes/", classes.sessions, name="sessions"),
    path(CLASS, classes.session, name="session"),
    path(f"{CLASS}/put", classes.put, name="put_on_list"),
    path(f"{CLASS}/take", classes.take, name="take_off_list"),
    path(f"{CLASS}/sign", classes.sign, name="sign_session"),
    path(COURSE, courses.course, name="course"),
    path(f"{COURSE}/bind", courses.bind, name="bind"),
    path(f"{COURSE}/bindings/<uuid:binding_id>/end", courses.end, name="end_binding"),
    path(f"{COURSE}/withdraw", courses.withdraw, name="withdraw"),
    path(f"{COURSE}/draft", drafts.start, name="start_draft"),
    path(f"{COURSE}/versions/<int:course_version>", courses.version, name="version"),
    path(f"{COURSE}/pictures/<uuid:picture_id>", courses.picture, name="picture"),
    path(DRAFT, drafts.draft, name="draft"),
    path(f"{DRAFT}/about", drafts.about, name="save_about"),
    path(f"{DRAFT}/page", drafts.save_page, name="save_page"),
    path(f"{DRAFT}/question", drafts.save_question, name="save_question"),
    path(f"{DRAFT}/remove", drafts.remove, name="remove_part"),
    path(f"{DRAFT}/publish", drafts.publish, name="publish"),
    path(f"{DRAFT}/discard", drafts.discard, name="discard"),
]

"""The next version of a course while it is being written: by some, published by another."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError


class DraftState(StrEnum):
    OPEN = "open"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class DraftTouched(DomainError):
    code = "learning.draft_touched"
    words = _("您打开以后，别人改过这份草稿。您写的还没有存：对照现在的内容改好，再存一次。")


class DraftClosed(DomainError):
    code = "learning.draft_closed"
    words = _("这份草稿已经发布或者不要了，不能再改。")


class SecondPersonNeeded(DomainError):
    code = "learning.second_person_needed"
    words = _("您写过这份草稿，要由另一位能发布的人看过再发布。")


class CodeTaken(DomainError):
    code = "learning.code_taken"
    words = _("这个课程编号已经有了，换一个。")

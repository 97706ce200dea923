"""What is said when a visit of who cannot come is settled already."""

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError


class AlreadySettled(DomainError):
    code = "exceptions.already_settled"
    words = _("这一次已经定下来了，不用再派。刷新看看谁去。")

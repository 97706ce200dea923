"""A certificate on paper."""

from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anjia.documents import Document, Table, Words, as_pdf
from anjia.identity.queries import get_organization
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotFound
from anjia.learning.models import Certificate
from anjia.workforce.queries import get_staff_member


def certificate_pdf(actor: Actor, purpose: Purpose, *, certificate_id: UUID) -> tuple[str, bytes]:
    """
    Return the certificate's number and the document: her own, or for whoever may see what staff have learnt.

    :raises NotFound: also when it is somebody else's
    """
    rows = Certificate.objects.filter(organization_id=actor.organization_id, id=certificate_id)
    found = rows.select_related("version", "attempt").first()
    is_hers = found is not None and actor.staff_id is not None and found.staff_id == actor.staff_id
    if found is None or not (is_hers or actor.may("learning.read")):
        raise NotFound
    staff = get_staff_member(actor, purpose, staff_id=found.staff_id)
    who = _("{name}，{kind}").format(name=staff.name, kind=staff.kind_words)
    return found.number, as_pdf(_document(found, who, _house_of(actor, purpose)))


def _house_of(actor: Actor, purpose: Purpose) -> str:
    try:
        return get_organization(actor, purpose, organization_id=actor.organization_id).name
    except NotFound:
        return ""


def _document(one: Certificate, who: str, house: str) -> Document:
    version, attempt = one.version, one.attempt
    course = _("{title}（第 {version} 版）").format(title=version.title, version=version.version)
    rows = [
        (_("姓名"), who),
        (_("课程"), course),
        (_("成绩"), _("{of} 题答对 {right} 题").format(of=attempt.of, right=attempt.score)),
        (_("合格线"), f"{version.exam['pass_percent']}%"),
        (_("发证日期"), f"{one.valid_from:%Y-%m-%d}"),
        (_("有效期到"), f"{one.valid_until:%Y-%m-%d}"),
        (_("签发"), version.content["issuer"]),
    ]
    return Document(
        title=_("培训合格证"),
        about=[*filter(None, [house]), _("证书编号 {number}").format(number=one.number)],
        parts=[
            Table(titles=(_("项目"), _("内容")), rows=rows, widths=(1, 3)),
            Words(words=_("是否仍然有效，以本机构系统里的记录为准：作废的证书不会收回这张纸。")),
        ],
        language="en" if (get_language() or "zh").startswith("en") else "zh-CN",
    )

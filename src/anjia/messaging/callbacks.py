"""
Where vendors call us: what became of the messages that they took.

They cannot sign in. Aliyun signs nothing either, so its address ends in a secret of this installation; without one set
nobody is heard.
"""

import hmac
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from anjia.integrations.sms.reports import TAKEN, Report, Unreadable, reports_in
from anjia.kernel.actors import Purpose, system
from anjia.kernel.work import acting
from anjia.messaging import commands, queries


@csrf_exempt  # nobody is signed in here: the secret in the address is what is checked
@require_POST
def sms_reports(request: HttpRequest, secret: str) -> HttpResponse:
    """Take Aliyun's reports. Whatever it sends twice is taken twice, and changes nothing the second time."""
    ours = settings.SMS_REPORT_SECRET
    if not ours or not hmac.compare_digest(secret.encode(), ours.encode()):
        return HttpResponse(status=403)
    try:
        said = reports_in(request.body)
    except Unreadable:
        return HttpResponse(status=400)
    now = timezone.now()
    for report in said:
        take(report, now)
    return JsonResponse(dict(TAKEN))


def take(report: Report, now: datetime) -> None:
    """Write a report down, of whichever organization the message is. What is not ours is passed over."""
    try:
        notification_id = UUID(report.message_id)
    except ValueError:
        return  # a sign-in code: nobody waits to hear of it
    organization_id = acting(system(), now).ask(
        queries.sender_of, Purpose.CONTRACT, notification_id=notification_id
    )
    if organization_id:
        acting(system(organization_id), now).do(
            commands.note_report,
            notification_id=notification_id,
            vendor_id=report.vendor_id,
            arrived=report.arrived,
            code=report.code,
        )


urlpatterns = [path("sms/reports/<str:secret>", sms_reports, name="sms_reports")]

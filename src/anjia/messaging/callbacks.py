"""
Where vendors call us: what became of the messages that they took.

They cannot sign in. WeChat signs with a token that both know; Aliyun signs nothing, so its address ends in a secret of
this installation. Without the token, or the secret, nobody is heard.
"""

import hmac
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from anjia.integrations.sms.reports import TAKEN, Report, Unreadable, reports_in
from anjia.integrations.wechat import events as wechat
from anjia.integrations.wechat.events import Sent, is_signed, sent_in
from anjia.integrations.wechat.events import Unreadable as NoPush
from anjia.kernel.actors import Purpose, system
from anjia.kernel.work import acting
from anjia.messaging import commands, queries
from anjia.messaging.rules import Channel


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


@csrf_exempt  # nobody is signed in here: the signature is what is checked
@require_http_methods(["GET", "POST"])
def wechat_events(request: HttpRequest) -> HttpResponse:
    """Show WeChat that the address is ours, and take what it pushes: twice changes nothing the second time."""
    said = {name: request.GET.get(name, "") for name in ("timestamp", "nonce", "signature")}
    if not is_signed(settings.WECHAT_PUSH_TOKEN, **said):
        return HttpResponse(status=403)
    if request.method == "GET":
        return HttpResponse(request.GET.get("echostr", ""), content_type="text/plain")
    try:
        pushed = sent_in(request.body)
    except NoPush:
        return HttpResponse(status=400)
    now = timezone.now()
    for one in pushed:
        take_push(one, now)
    return HttpResponse(wechat.TAKEN, content_type="text/plain")


def take_push(push: Sent, now: datetime) -> None:
    """Write down what became of a message. What is not ours, or known already, is passed over."""
    found = acting(system(), now).ask(
        queries.sent_as, Purpose.CONTRACT, channel=Channel.WECHAT, vendor_id=push.vendor_id
    )
    if found:
        acting(system(found.organization_id), now).do(
            commands.note_report,
            notification_id=found.id,
            vendor_id=push.vendor_id,
            arrived=push.arrived,
            code=push.code[:40],
        )


urlpatterns = [
    path("sms/reports/<str:secret>", sms_reports, name="sms_reports"),
    path("wechat/events", wechat_events, name="wechat_events"),
]

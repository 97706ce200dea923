"""The console's pages of staff, papers and rota: translate, one call, show or go on."""

from typing import Final

from django.urls import path

from anjia.workforce.console import institution, leave, member, papers, policies, rota

app_name = "workforce"

MEMBER: Final = "staff/<uuid:staff_id>"
urlpatterns = [
    path("", member.staff_list, name="list"),
    path("new", member.new_member, name="new"),
    path("rota", rota.rota, name="rota"),
    path("rota/shifts", rota.put_shift, name="put_shift"),
    path("rota/shifts/<uuid:shift_id>/remove", rota.remove_shift, name="remove_shift"),
    path("rota/standby", rota.put_standby, name="put_standby"),
    path("rota/shifts/<uuid:shift_id>/standby", rota.set_standby, name="set_standby"),
    path("rota/leave", rota.put_leave, name="put_leave"),
    path("rota/generate", rota.generate_shifts, name="generate_shifts"),
    path("rota/holidays", rota.settle_holiday_shifts, name="settle_holiday_shifts"),
    path("rota/swapped", rota.settle_swapped_day, name="settle_swapped_day"),
    path("rota/breaks", rota.put_break, name="put_break"),
    path("rota/breaks/<uuid:break_id>/remove", rota.remove_break, name="remove_break"),
    path("lapsing", papers.lapsing, name="lapsing"),
    path("institution", institution.papers, name="institution"),
    path("institution/add", institution.add, name="add_institution"),
    path("institution/<uuid:institution_paper_id>/scan", institution.scan, name="institution_scan"),
    path("institution/<uuid:institution_paper_id>/verify", institution.verify, name="verify_institution"),
    path(
        "institution/<uuid:institution_paper_id>/take-back",
        institution.take_back,
        name="take_back_institution",
    ),
    path("policies", policies.policies, name="policies"),
    path("policies/add", policies.add, name="add_policy"),
    path("policies/<uuid:policy_id>", policies.policy, name="policy"),
    path("policies/<uuid:policy_id>/scan", policies.scan, name="policy_scan"),
    path("policies/<uuid:policy_id>/verify", policies.verify, name="verify_policy"),
    path("policies/<uuid:policy_id>/cover", policies.cover, name="cover_more"),
    path("policies/<uuid:policy_id>/end", policies.end, name="end_cover"),
    path("policies/<uuid:policy_id>/take-back", policies.take_back, name="take_back_policy"),
    path(MEMBER, member.staff_member, name="staff"),
    path(f"{MEMBER}/change", member.change_member, name="change"),
    path(f"{MEMBER}/account", member.link_account, name="link_account"),
    path(f"{MEMBER}/last-day", member.set_last_day, name="set_last_day"),
    path(f"{MEMBER}/area", member.set_area, name="set_area"),
    path(f"{MEMBER}/pattern", member.set_pattern, name="set_pattern"),
    path(f"{MEMBER}/papers", papers.add_paper, name="add_paper"),
    path(f"{MEMBER}/papers/<uuid:qualification_id>/scan", papers.scan, name="scan"),
    path(f"{MEMBER}/papers/<uuid:qualification_id>/attach", papers.attach_scan, name="attach_scan"),
    path(f"{MEMBER}/papers/<uuid:qualification_id>/verify", papers.verify_paper, name="verify_paper"),
    path(
        f"{MEMBER}/papers/<uuid:qualification_id>/take-back", papers.take_back_paper, name="take_back_paper"
    ),
    path(f"{MEMBER}/leave", leave.leave, name="leave"),
    path(f"{MEMBER}/leave/<uuid:leave_id>/grant", leave.grant_leave, name="grant_leave"),
    path(f"{MEMBER}/leave/<uuid:leave_id>/refuse", leave.refuse_leave, name="refuse_leave"),
    path(f"{MEMBER}/leave/<uuid:leave_id>/withdraw", leave.withdraw_leave, name="withdraw_leave"),
]

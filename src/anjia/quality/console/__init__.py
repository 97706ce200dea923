"""Quality's pages."""

from django.urls import path

from anjia.quality.console import (
    call_backs,
    concerns,
    efforts,
    handing_out,
    improvements,
    numbers,
    objections,
    performance,
)

app_name = "quality"

urlpatterns = [
    path("indicators", numbers.indicators, name="indicators"),
    path("indicators.xlsx", handing_out.figures, name="figures_sheet"),
    path("report.docx", handing_out.report_docx, name="report_docx"),
    path("report.pdf", handing_out.report_pdf, name="report_pdf"),
    path("indicators/<str:code>/<str:part>.xlsx", handing_out.rows, name="rows_sheet"),
    path("indicators/<str:code>/<str:part>", numbers.rows, name="rows"),
    path("staff", efforts.staff, name="staff"),
    path("staff/<uuid:staff_id>", efforts.visits, name="staff_visits"),
    path("staff/<uuid:staff_id>/performance", performance.performance, name="performance"),
    path("staff/<uuid:staff_id>/performance/<str:measure>", performance.rows, name="performance_rows"),
    path("objections", objections.objections, name="objections"),
    path("objections/<uuid:objection_id>", objections.objection, name="objection"),
    path("objections/<uuid:objection_id>/decide", objections.decide, name="decide_objection"),
    path("objections/<uuid:objection_id>/hand-over", objections.hand_over, name="hand_objection_over"),
    path("call-backs", call_backs.call_backs, name="call_backs"),
    path("call-backs/<uuid:call_back_id>", call_backs.call_back, name="call_back"),
    path("call-backs/<uuid:call_back_id>/log", call_backs.log_call_back, name="log_call_back"),
    path("concerns", concerns.concerns, name="concerns"),
    path("concerns/new", concerns.new_concern, name="new_concern"),
    path("concerns/<uuid:concern_id>", concerns.concern, name="concern"),
    path("concerns/<uuid:concern_id>/acknowledge", concerns.acknowledge, name="acknowledge_concern"),
    path("concerns/<uuid:concern_id>/hand-over", concerns.hand_over, name="hand_concern_over"),
    path("concerns/<uuid:concern_id>/finding", concerns.note_finding, name="note_finding"),
    path("concerns/<uuid:concern_id>/outcome", concerns.tell_outcome, name="tell_outcome"),
    path("concerns/<uuid:concern_id>/appeal", concerns.appeal, name="appeal"),
    path("concerns/<uuid:concern_id>/close", concerns.close, name="close_concern"),
    path("improvements", improvements.improvements, name="improvements"),
    path("improvements/<uuid:improvement_id>", improvements.improvement, name="improvement"),
    path("improvements/<uuid:improvement_id>/plan", improvements.plan, name="plan_improvement"),
    path("improvements/<uuid:improvement_id>/in-place", improvements.put_in_place, name="put_in_place"),
    path("improvements/<uuid:improvement_id>/close", improvements.close, name="close_improvement"),
]

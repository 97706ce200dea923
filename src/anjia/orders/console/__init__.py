"""The console's pages of orders and of what nurses ask: translate, one call, show."""

from django.urls import path

from anjia.orders.console import orders, questions

app_name = "orders"

urlpatterns = [
    path("waiting", orders.waiting, name="waiting"),
    path("residents/<uuid:resident_id>/", orders.of_resident, name="of_resident"),
    path("residents/<uuid:resident_id>/enter", orders.enter, name="enter"),
    path("residents/<uuid:resident_id>/doctor", orders.name_doctor, name="name_doctor"),
    path("questions", questions.today, name="questions"),
    path("unanswered", questions.unanswered, name="unanswered"),
    path("questions/part", questions.part, name="questions_part"),
    path("questions/<uuid:question_id>/", questions.question, name="question"),
    path("questions/<uuid:question_id>/seen", questions.seen, name="seen"),
    path("questions/<uuid:question_id>/answer", questions.answer, name="answer"),
    path("questions/<uuid:question_id>/photos/<uuid:file_id>", questions.photo, name="question_photo"),
    path("<uuid:order_id>/", orders.order, name="order"),
    path("<uuid:order_id>/original", orders.original, name="original"),
    path("<uuid:order_id>/confirm", orders.confirm, name="confirm"),
    path("<uuid:order_id>/refuse", orders.refuse, name="refuse"),
    path("<uuid:order_id>/end", orders.end, name="end"),
    path("<uuid:order_id>/correct", orders.correct, name="correct"),
]

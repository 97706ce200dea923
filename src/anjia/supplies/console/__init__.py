"""The console's pages of supplies: translate, one call, show."""

from django.urls import path

from anjia.supplies.console import bags, items, stock, waste

app_name = "supplies"

urlpatterns = [
    path("", stock.stock, name="stock"),
    path("warnings/", stock.warnings, name="warnings"),
    path("shortfalls/<uuid:shortfall_id>/settle", stock.settle, name="settle_shortfall"),
    path("count/", stock.count, name="count"),
    path("ledger/", stock.ledger, name="ledger"),
    path("receive", stock.receive, name="receive"),
    path("correct", stock.correct, name="correct"),
    path("set-aside", stock.set_aside, name="set_aside"),
    path("dispose", stock.dispose, name="dispose"),
    path("items/take", items.take, name="take_items"),
    path("items/add", items.add, name="add_item"),
    path("items/<uuid:item_id>", items.item, name="item"),
    path("items/<uuid:item_id>/change", items.change, name="change_item"),
    path("bags/", bags.bags, name="bags"),
    path("bags/<uuid:staff_id>", bags.bag, name="bag"),
    path("bags/<uuid:staff_id>/hand-out", bags.hand_out, name="hand_out"),
    path("bags/<uuid:staff_id>/give-back", bags.give_back, name="give_back"),
    path("waste/", waste.register, name="waste"),
    path("waste/print", waste.printed, name="waste_print"),
    path("waste/sending", waste.sending, name="waste_sending"),
    path("waste/<uuid:waste_id>", waste.bag, name="waste_bag"),
    path("waste/<uuid:waste_id>/take-in", waste.take_in, name="take_waste_in"),
    path("waste/<uuid:waste_id>/send-away", waste.send_away, name="send_waste_away"),
    path("waste/<uuid:waste_id>/correct", waste.correct, name="correct_waste"),
]

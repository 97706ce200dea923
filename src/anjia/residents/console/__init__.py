"""The console's pages of residents, their families, consents, slips and cards."""

from django.urls import path

from anjia.residents.console import consents, deaths, family, finding, form, lacking, printed, sheet

app_name = "residents"

urlpatterns = [
    path("", finding.resident_list, name="list"),
    path("new", form.new_resident, name="new"),
    path("completeness", lacking.completeness, name="completeness"),
    path("completeness/<slug:what>", lacking.lacking, name="lacking"),
    path("slips", printed.slips, name="slips"),
    path("slips/make", printed.make_slips, name="make_slips"),
    path("<uuid:resident_id>/", sheet.resident, name="resident"),
    path("<uuid:resident_id>/reveal", form.reveal, name="reveal"),
    path("<uuid:resident_id>/change", form.change_resident, name="change"),
    path("<uuid:resident_id>/addresses", sheet.add_address, name="add_address"),
    path("<uuid:resident_id>/addresses/<uuid:address_id>/access", sheet.set_access, name="set_access"),
    path("<uuid:resident_id>/grants", family.enter_paper, name="enter_paper"),
    path("<uuid:resident_id>/grants/<uuid:grant_id>/witness", family.witness, name="witness"),
    path("<uuid:resident_id>/grants/<uuid:grant_id>/withdraw", family.withdraw, name="withdraw"),
    path("<uuid:resident_id>/grants/<uuid:grant_id>/paper", family.paper, name="paper"),
    path("<uuid:resident_id>/grants/<uuid:grant_id>/number", family.ask_for_number, name="ask_for_number"),
    path("<uuid:resident_id>/numbers/<uuid:change_id>/confirm", family.confirm_number, name="confirm_number"),
    path("<uuid:resident_id>/numbers/<uuid:change_id>/drop", family.drop_number, name="drop_number"),
    path("<uuid:resident_id>/numbers/<uuid:change_id>/paper", family.number_paper, name="number_paper"),
    path("<uuid:resident_id>/consents", consents.answer_consent, name="answer_consent"),
    path("<uuid:resident_id>/consents/<slug:asked>/paper", consents.signed_consent, name="signed_consent"),
    path("<uuid:resident_id>/consents/<slug:asked>/to-sign", consents.paper_to_sign, name="paper_to_sign"),
    path("<uuid:resident_id>/consents/<slug:asked>/copy", consents.consent_copy, name="consent_copy"),
    path("<uuid:resident_id>/death", deaths.enter_death, name="enter_death"),
    path("<uuid:resident_id>/deaths/<uuid:death_id>/confirm", deaths.confirm_death, name="confirm_death"),
    path(
        "<uuid:resident_id>/deaths/<uuid:death_id>/take-back",
        deaths.take_death_back,
        name="take_death_back",
    ),
    path("<uuid:resident_id>/deaths/<uuid:death_id>/paper", deaths.death_paper, name="death_paper"),
    path("<uuid:resident_id>/card", printed.card, name="card"),
    path("<uuid:resident_id>/card/replace", printed.replace_card, name="replace_card"),
    path("<uuid:resident_id>/readers", sheet.readers, name="readers"),
]

"""The console's pages of what is offered: translate, one call, show."""

from django.urls import path

from anjia.catalogue.console import drafts, prompts, services

app_name = "catalogue"

urlpatterns = [
    path("", services.services, name="list"),
    path("seed/", services.seed, name="seed"),
    path("gates/", services.gates, name="gates"),
    path("prompts/", prompts.prompts, name="prompts"),
    path("prompts/<slug:situation>", prompts.prompt, name="prompt"),
    path("<slug:code>", services.service, name="service"),
    path("<slug:code>/<uuid:version_id>", services.service, name="version"),
    path("<slug:code>/draft", drafts.draft, name="draft"),
    path("<slug:code>/draft/start", drafts.start, name="start_draft"),
    path("<slug:code>/draft/catch-up", drafts.catch_up, name="catch_draft_up"),
    path("<slug:code>/draft/publish", drafts.publish, name="publish_draft"),
    path("<slug:code>/draft/call-back", drafts.call_back, name="call_back_draft"),
    path("<slug:code>/draft/discard", drafts.discard, name="discard_draft"),
    path("<slug:code>/draft/<slug:draft_part>", drafts.save, name="save_part"),
]

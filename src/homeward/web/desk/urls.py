"""Addresses of the desk: nouns and their verbs."""

from django.urls import path

from homeward.web.desk import deciding, files, goods, inbox, queue, views
from homeward.web.office import money

app_name = "desk"
urlpatterns = [
    path("approvals/", money.approvals, name="approvals"),
    path("replacements/", goods.replacements, name="replacements"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("cases/", queue.cases, name="cases"),
    path("cases/<str:ref>/", views.case, name="case"),
    path("cases/<str:ref>/take", views.take, name="take"),
    path("cases/<str:ref>/hand_over", views.hand_over, name="hand_over"),
    path("cases/<str:ref>/release", views.release, name="release"),
    path("cases/<str:ref>/say", views.say, name="say"),
    path("cases/<str:ref>/note", views.note, name="note"),
    path("cases/<str:ref>/<str:verb>", views.move_case, name="move_case"),
    path("returns/<str:ref>/give_evidence", files.give_evidence, name="give_evidence"),
    path("evidence/<str:ref>", files.evidence, name="evidence"),
    path("parcels/<str:ref>/label", files.label, name="label"),
    path("parcels/<str:ref>/slip", files.slip, name="slip"),
    path("<str:noun>/<str:ref>/<str:verb>", deciding.ask, name="ask"),
]

"""Addresses of the desk: nouns and their verbs."""

from django.urls import path

from homeward.web.desk import views
from homeward.web.office import money

app_name = "desk"
urlpatterns = [
    path("approvals/", money.approvals, name="approvals"),
    path("cases/", views.cases, name="cases"),
    path("cases/<str:ref>/", views.case, name="case"),
    path("cases/<str:ref>/take", views.take, name="take"),
    path("cases/<str:ref>/say", views.say, name="say"),
    path("cases/<str:ref>/<str:verb>", views.move_case, name="move_case"),
    path("returns/<str:ref>/authorize", views.authorize, name="authorize"),
    path("returns/<str:ref>/overturn", views.overturn, name="overturn"),
    path("returns/<str:ref>/refuse", views.refuse, name="refuse"),
    path("returns/<str:ref>/ask_evidence", views.ask_evidence, name="ask_evidence"),
    path("returns/<str:ref>/withdraw", views.withdraw, name="withdraw"),
    path("returns/<str:ref>/give_evidence", views.give_evidence, name="give_evidence"),
    path("evidence/<str:ref>", views.evidence, name="evidence"),
]

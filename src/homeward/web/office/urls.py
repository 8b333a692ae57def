"""Addresses of the office."""

from django.urls import path

from homeward.web.office import books, dashboard, money, records

app_name = "office"
urlpatterns = [
    path("", dashboard.show, name="dashboard"),
    path("refunds/", money.refunds, name="refunds"),
    path("refunds/confirm", money.confirm_many, name="confirm_refunds"),
    path("refunds/<str:ref>/", money.refund, name="refund"),
    path("refunds/<str:ref>/confirm", money.confirm, name="confirm_refund"),
    path("refunds/<str:ref>/fail", money.fail, name="fail_refund"),
    path("remedies/<str:ref>/execute", money.try_again, name="try_again"),
    path("remedies/<str:ref>/agree", money.approve, name="approve"),
    path("remedies/<str:ref>/decline", money.decline, name="decline"),
    path("orders/", books.orders, name="orders"),
    path("orders/<str:ref>/", books.order, name="order"),
    path("imports/", books.imports, name="imports"),
    path("imports/<str:ref>/", books.import_run, name="import"),
    path("rulebooks/", books.rulebooks, name="rulebooks"),
    path("rulebooks/<str:ref>/", books.rulebook, name="rulebook"),
    path("notices/", records.notices, name="notices"),
    path("notices/<str:ref>/", records.notice, name="notice"),
    path("notices/<str:ref>/retry", records.retry_notice, name="retry_notice"),
    path("journal/", records.journal, name="journal"),
    path("dead-letters/", records.dead_letters, name="dead_letters"),
    path("dead-letters/<int:pk>/retry", records.retry_letter, name="retry_letter"),
]

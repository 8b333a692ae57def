"""Addresses of the office."""

from django.urls import path

from homeward.web.office import access, books, dashboard, money, records, rulebooks, withdrawals

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
    path("withdrawals/", withdrawals.withdrawals, name="withdrawals"),
    path("withdrawals/<str:ref>/", withdrawals.withdrawal, name="withdrawal"),
    path("withdrawals/<str:ref>/match", withdrawals.match, name="match_withdrawal"),
    path("rulebooks/", rulebooks.rulebooks, name="rulebooks"),
    path("rulebooks/standard/", rulebooks.standard, name="standard_rulebook"),
    path("rulebooks/<str:ref>/", rulebooks.show, name="rulebook"),
    path("notices/", records.notices, name="notices"),
    path("notices/<str:ref>/", records.notice, name="notice"),
    path("notices/<str:ref>/retry", records.retry_notice, name="retry_notice"),
    path("journal/", records.journal, name="journal"),
    path("dead-letters/", records.dead_letters, name="dead_letters"),
    path("dead-letters/<int:pk>/retry", records.retry_letter, name="retry_letter"),
    path("keys/", access.keys, name="keys"),
    path("keys/<str:ref>/revoke", access.revoke, name="revoke_key"),
    path("staff/", access.staff, name="staff"),
]

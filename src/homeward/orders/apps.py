"""Django's handle on the orders."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "homeward.orders"
    default_auto_field = "django.db.models.BigAutoField"

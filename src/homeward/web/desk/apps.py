"""Django's handle on the desk's pages."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "homeward.web.desk"
    label = "web_desk"

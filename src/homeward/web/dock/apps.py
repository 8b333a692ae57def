"""Django's handle on the dock's pages."""

from django.apps import AppConfig


class DockConfig(AppConfig):
    name = "homeward.web.dock"
    label = "web_dock"

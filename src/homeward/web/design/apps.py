"""Django's handle on the design system."""

from django.apps import AppConfig


class DesignConfig(AppConfig):
    """The app that brings components, template tags and static files."""

    name = "homeward.web.design"
    label = "web_design"
    verbose_name = "Design"

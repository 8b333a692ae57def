"""Django's handle on the wiring: commands, jobs, ports."""

from importlib import import_module

from django.apps import AppConfig


class WiringConfig(AppConfig):
    name = "homeward.config"
    label = "homeward_config"

    def ready(self) -> None:
        """Put the real connectors behind the ports, and set up connections."""
        import_module("homeward.config.wiring")
        import_module("homeward.config.connections")

"""The door for a WSGI server; the law is read before the first shopper asks."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "homeward.config.settings")

application = get_wsgi_application()

from homeward.policies import packs  # noqa: E402 (only after Django is set up)

packs.library().editions("EU")

"""Settings for tests: same engine, quick hashes, own database name, mail kept in memory."""

import os

os.environ.setdefault("HOMEWARD_HOME", "var/test")
os.environ.setdefault("HOMEWARD_PG_SETTINGS", "fsync=off full_page_writes=off")  # tests outlive no power cut

from homeward.config.settings import *

SECRET_KEY = "only for tests"
DATABASES["default"]["TEST"] = {"NAME": os.environ.get("HOMEWARD_TEST_DB", "test_homeward")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MAIL_URL = "locmem://"
AXES_ENABLED = False
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

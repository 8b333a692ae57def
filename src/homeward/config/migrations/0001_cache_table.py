"""The table of the shared cache, by which all processes count the same attempts."""

from django.db import migrations

MAKE = """
CREATE UNLOGGED TABLE homeward_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX homeward_cache_expires ON homeward_cache (expires);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [migrations.RunSQL(MAKE, "DROP TABLE homeward_cache")]

"""Where the API stands."""

from django.urls import URLPattern, path

from homeward.api.edge import in_problems
from homeward.api.root import api

_patterns, _app, _namespace = api.urls
for _pattern in _patterns:
    if isinstance(_pattern, URLPattern):
        _pattern.callback = in_problems(_pattern.callback)

urlpatterns = [path("", (_patterns, _app, _namespace))]

"""Where the API stands."""

from django.urls import path

from homeward.api.root import api

urlpatterns = [path("", api.urls)]

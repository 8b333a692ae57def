"""Every address of the house."""

from django.urls import include, path

from homeward.config import hooks, views

urlpatterns = [
    path("", views.home, name="home"),
    path("health", views.health, name="health"),
    path("account/", include("allauth.urls")),
    path("design/", include("homeward.web.design.urls")),
    path("r/", include("homeward.web.portal.urls")),
    path("desk/", include("homeward.web.desk.urls")),
    path("dock/", include("homeward.web.dock.urls")),
    path("office/", include("homeward.web.office.urls")),
    path("api/v1/", include("homeward.api.urls")),
    path("hooks/stripe", hooks.stripe, name="hook_stripe"),
]

handler400 = "homeward.config.failures.bad_request"
handler403 = "homeward.web.design.views.forbidden"
handler404 = "homeward.config.failures.not_found"
handler500 = "homeward.config.failures.server_error"

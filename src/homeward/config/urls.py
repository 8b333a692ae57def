"""Every address of the house."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("design/", include("homeward.web.design.urls")),
]

handler400 = "homeward.web.design.views.bad_request"
handler403 = "homeward.web.design.views.forbidden"
handler404 = "homeward.web.design.views.not_found"
handler500 = "homeward.web.design.views.server_error"

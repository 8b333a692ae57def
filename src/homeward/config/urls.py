"""Every address of the house."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("design/", include("homeward.web.design.urls")),
    path("r/", include("homeward.web.portal.urls")),
    path("desk/", include("homeward.web.desk.urls")),
    path("office/", include("homeward.web.office.urls")),
    path("api/v1/", include("homeward.api.urls")),
]

handler400 = "homeward.web.design.views.bad_request"
handler403 = "homeward.web.design.views.forbidden"
handler404 = "homeward.web.design.views.not_found"
handler500 = "homeward.web.design.views.server_error"

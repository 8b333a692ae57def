"""The address of the page of components."""

from django.urls import path

from homeward.web.design import views

app_name = "design"
urlpatterns = [path("", views.components, name="components")]

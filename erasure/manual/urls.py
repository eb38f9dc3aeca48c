"""Addresses of what is done by hand, below /errand/."""

from django.urls import path

from erasure.manual import views

app_name = "errand"
urlpatterns = [
    path("", views.tasks, name="list"),
    path("<str:token>/", views.opening, name="open"),
]

"""Addresses of what is shown on, or linked from, a company's own site, below /collect/."""

from django.urls import path

from portal.collect import api, views

app_name = "collect"
urlpatterns = [
    path("<slug:slug>/words", api.Words.as_view(), name="words"),
    path("<slug:slug>/answers", api.Answers.as_view(), name="answers"),
    path("<slug:slug>/ask/<str:token>", views.ask, name="ask"),
]

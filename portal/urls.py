"""Addresses of the portal, below /privacy/. They name people and companies by nothing personal."""

from django.urls import path
from django.views.i18n import set_language

from portal.views import (
    attributes,
    children,
    choices,
    device,
    messages,
    public,
    records,
    rights,
    signin,
)

app_name = "portal"
urlpatterns = [
    path("", public.start, name="start"),
    path("language/", set_language, name="language"),
    path("sign-in/", signin.choose, name="sign_in"),
    path("sign-in/<str:token>", signin.redeem, name="redeem"),
    path("sign-out/", signin.sign_out, name="sign_out"),
    path("choices/", choices.choices, name="choices"),
    path("withdraw-all/", choices.withdraw_all, name="withdraw_all"),
    path("done/all/", choices.done_all, name="done_all"),
    path("done/<uuid:event_id>/", choices.done, name="done"),
    path("personalisation/", choices.personalisation, name="personalisation"),
    path("objections/", rights.objections, name="objections"),
    path("restrictions/", rights.restrictions, name="restrictions"),
    path("attributes/", attributes.attributes, name="attributes"),
    path("objections/", rights.objections, name="objections"),
    path("restrictions/", rights.restrictions, name="restrictions"),
    path("history/", records.history, name="history"),
    path("children/", children.children, name="children"),
    path("children/<uuid:child_id>/", children.child, name="child"),
    path("children/named/<uuid:check_id>/", children.answer_check, name="parent_check"),
    path("parents/", children.parent, name="parent"),
    path("messages/", messages.messages, name="messages"),
    path("messages/<uuid:message_id>/", messages.message, name="message"),
    path("uses/", records.uses, name="uses"),
    path("uses/<uuid:entry_id>/", records.use, name="use"),
    path("receipts/<uuid:event_id>/", records.receipt, name="receipt"),
    path("receipts/<uuid:event_id>/proof/", records.proof, name="proof"),
    path("receipts/<uuid:event_id>/record/", records.record, name="record"),
    path("<slug:slug>/", public.company, name="company"),
    path("<slug:slug>/device/", device.device, name="device"),
    path("<slug:slug>/sign-in/", signin.ask, name="ask"),
    path("<slug:slug>/sign-in/sent/", signin.sent, name="sent"),
    path("<slug:slug>/notices/<slug:code>/", public.notice, name="notice"),
]

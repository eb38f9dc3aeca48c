"""The desk's pages, inside the admin site and its namespace."""

from django.urls import path

from desk import capture, views
from desk.decisions import rehearsals
from desk.decisions.views import decision, decisions, legal_tables, rules
from desk.erasures.views import case as erasure_case
from desk.erasures.views import erasures, queue
from desk.evidence.views import evidence
from desk.languages.views import languages
from desk.languages.views import table as languages_table
from desk.log.views import answer, logs
from desk.profiles import matrix_views as matrix
from desk.profiles.guarded import break_glass, reveal_field
from desk.profiles.tracing import trace
from desk.profiles.views import profile, profiles_page
from desk.rates.views import rates, table
from desk.views import officers_only

urlpatterns = [
    path("log/", officers_only(logs), name="logs"),
    path("log/alarms/<uuid:alarm_id>/", officers_only(answer), name="answer_alarm"),
    path("decisions/", officers_only(decisions), name="decisions"),
    path("decisions/<uuid:decision_id>/", officers_only(decision), name="decision"),
    path("rehearsals/", officers_only(rehearsals.rehearsals), name="rehearsals"),
    path(
        "rehearsals/begin/<uuid:controller_id>/period/",
        officers_only(rehearsals.begin),
        {"kind": "period"},
        name="rehearse",
    ),
    path(
        "rehearsals/begin/<uuid:controller_id>/shadow/",
        officers_only(rehearsals.begin),
        {"kind": "shadow"},
        name="shadow",
    ),
    path("rehearsals/<uuid:rehearsal_id>/", officers_only(rehearsals.rehearsal), name="rehearsal"),
    path(
        "rehearsals/<uuid:rehearsal_id>/flips/",
        officers_only(rehearsals.take_flips),
        name="rehearsal_flips",
    ),
    path(
        "rehearsals/<uuid:rehearsal_id>/stop/",
        officers_only(rehearsals.stop),
        name="rehearsal_stop",
    ),
    path("rules/", officers_only(rules), name="rules"),
    path("law/", officers_only(legal_tables), name="law"),
    path("erasures/", officers_only(erasures), name="erasures"),
    path("erasures/queues/<uuid:system_id>/", officers_only(queue), name="erasure_queue"),
    path("erasures/<uuid:case_id>/", officers_only(erasure_case), name="erasure_case"),
    path("languages/", officers_only(languages), name="languages"),
    path("languages/table/", officers_only(languages_table), name="languages_table"),
    path("rates/", officers_only(rates), name="rates"),
    path("rates/table/", officers_only(table), name="rates_table"),
    path("profiles/", officers_only(profiles_page), name="profiles"),
    path("profiles/trace/", officers_only(trace), name="profile_trace"),
    path("profiles/<uuid:subject_id>/", officers_only(profile), name="profile"),
    path("profiles/<uuid:subject_id>/reveal/", officers_only(reveal_field), name="reveal_field"),
    path("profiles/<uuid:subject_id>/break-glass/", officers_only(break_glass), name="break_glass"),
    path("views/", officers_only(matrix.views), name="views"),
    path("views/save/", officers_only(matrix.save), name="views_save"),
    path("views/preview/", officers_only(matrix.preview), name="views_preview"),
    path("views/preview/done/", officers_only(matrix.attest), name="views_attest"),
    path("people/find/", officers_only(views.find), name="find_person"),
    path("people/<uuid:subject_id>/", officers_only(views.person), name="person"),
    path("people/<uuid:subject_id>/reveal/", officers_only(views.reveal), name="reveal"),
    path("people/<uuid:subject_id>/evidence/", officers_only(evidence), name="evidence"),
    path(
        "people/<uuid:subject_id>/consents/<str:purpose>/",
        officers_only(capture.choice),
        name="person_choice",
    ),
]

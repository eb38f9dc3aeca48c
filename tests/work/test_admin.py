"""The list of jobs: read by those who may, within their controllers; dead ones can be revived."""

from uuid import UUID

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.messages.storage.base import BaseStorage
from django.test import RequestFactory
from django.utils import timezone

from work import services
from work.admin import JobAdmin
from work.handlers import finished
from work.models import Job

ONE = UUID("01900000-0000-7000-8000-000000000001")
TWO = UUID("01900000-0000-7000-8000-000000000002")

pytestmark = pytest.mark.django_db


class Site(admin.AdminSite):
    """An officer of controller ONE, who manages work there or only sees it."""

    may_manage = True

    def __init__(self):
        super().__init__()
        self.recorded = []

    def controller_ids(self, request, permission=None):
        return [ONE] if permission is None or self.may_manage else []

    def record(self, request, action, controller_id, target):
        self.recorded.append((action, controller_id, target))


class Messages(BaseStorage):
    def _get(self):
        return [], True

    def _store(self, messages, response, *args):
        return []


@pytest.fixture
def request_of():
    def make(user):
        request = RequestFactory().get("/")
        request.user = user
        request._messages = Messages(request)
        return request

    return make


@pytest.fixture
def officer():
    return get_user_model().objects.create(username="officer", is_staff=True)


@pytest.fixture
def jobs(kind):
    name = kind(lambda job: finished())
    for controller_id in (ONE, TWO):
        services.enqueue(kind=name, controller_id=controller_id, total=10)
    Job.objects.update(state="dead", finished_at=timezone.now())
    return Job.objects.order_by("id")


def test_nothing_can_be_added_changed_or_deleted(request_of, officer):
    found = JobAdmin(Job, Site())
    request = request_of(officer)

    assert not found.has_add_permission(request)
    assert not found.has_change_permission(request)
    assert not found.has_delete_permission(request)
    assert found.has_view_permission(request)


@pytest.mark.req("P9")
def test_shows_the_jobs_of_the_officers_controllers_only(jobs, request_of, officer):
    found = JobAdmin(Job, Site()).get_queryset(request_of(officer))

    assert [job.controller_id for job in found] == [ONE]


@pytest.mark.req("P9")
def test_revives_dead_jobs_of_the_officers_controllers_by_name(jobs, request_of, officer):
    request, site = request_of(officer), Site()

    JobAdmin(Job, site).revive(request, Job.objects.all())

    assert [job.state for job in jobs] == ["ready", "dead"]
    assert jobs[0].revived_by == str(officer.pk)
    assert site.recorded == [("work:revived", ONE, ("job", str(jobs[0].id)))]
    assert [str(message) for message in request._messages] == ["1 job will run again."]


def test_passes_by_jobs_that_are_not_dead(jobs, request_of, officer):
    Job.objects.update(state="done")
    request, site = request_of(officer), Site()

    JobAdmin(Job, site).revive(request, Job.objects.all())

    assert {job.state for job in jobs} == {"done"}
    assert site.recorded == []


def test_reviving_needs_its_own_permission(request_of, officer):
    site = Site()
    assert JobAdmin(Job, site).has_revive_permission(request_of(officer))

    site.may_manage = False

    assert not JobAdmin(Job, site).has_revive_permission(request_of(officer))


@pytest.mark.parametrize(
    ("done", "total", "text"), [(0, None, "–"), (7, None, "7"), (0, 9, "0 / 9"), (9, 9, "9 / 9")]
)
def test_progress_reads_as_done_of_total(done, total, text):
    job = Job(progress_done=done, progress_total=total)

    assert JobAdmin(Job, Site()).progress(job) == text

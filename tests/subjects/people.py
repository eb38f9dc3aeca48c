"""Made-up companies and people, made through the services; and threads for races."""

from threading import Barrier, Thread

from django.db import connection

from accounts import services as accounts
from audit.actors import Actor
from subjects import services

BY = Actor.system("test")
EMAIL = "asha.rao@example.in"
PHONE = "+919812345678"
NUMBER = "CRM-4711-QZX"


def controller(slug, country):
    return accounts.create_controller(
        by=BY, slug=slug, name=slug.title(), country=country, contact_name="Meera Iyer",
        contact_email=f"privacy@{slug}.example",
    )  # fmt: skip


def add(company, *identifiers, **facts):
    new = services.NewSubject(identifiers=identifiers, **facts)
    return services.create(by=BY, controller_id=company.id, new=new)


def at_once(*calls):
    """What each call returned or raised, all begun at the same moment on their own connections."""
    barrier = Barrier(len(calls))
    answers = [None] * len(calls)

    def run(n, call):
        try:
            barrier.wait(10)
            answers[n] = call()
        except Exception as error:
            answers[n] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers

"""What can go wrong with subscribers and with asking for events."""

from django.utils.translation import gettext_noop as _

from keys.problems import DomainError


class SubscriberServiceError(DomainError):
    code = "service_unknown"
    status = 422
    message = _("This controller has no such service.")
    field = "service"


class SubscriberExistsError(DomainError):
    code = "subscriber_exists"
    status = 409
    message = _("The service is a subscriber already; change that one.")
    field = "service"


class SubscriberStoppedError(DomainError):
    code = "subscriber_stopped"
    status = 409
    message = _("The subscriber is stopped, or there is nothing to be done for it.")


class SubscriberLiveError(DomainError):
    code = "subscriber_live"
    status = 409
    message = _("The subscriber is not stopped.")


class KindUnknownError(DomainError):
    code = "kind_unknown"
    status = 422
    message = _("There is no change of this kind.")
    field = "kinds"


class NotSubscribedError(DomainError):
    code = "not_subscribed"
    status = 404
    message = _("The service is no subscriber; an officer makes it one.")


class EventsForgottenError(DomainError):
    code = "events_forgotten"
    status = 410
    message = _("Events after this position are deleted: read the states anew and begin later.")
    field = "after"


class PositionUnknownError(DomainError):
    code = "position_unknown"
    status = 400
    message = _("No event has this position yet.")
    field = "after"

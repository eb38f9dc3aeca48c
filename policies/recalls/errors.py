"""What can go wrong with recall addresses and campaigns."""

from keys.problems import DomainError


class EndpointExistsError(DomainError):
    code = "endpoint_exists"
    status = 409
    message = "The service has an address already; end that one first."
    field = "service"


class EndpointEndedError(DomainError):
    code = "endpoint_ended"
    status = 409
    message = "This address has ended already."


class ServiceUnknownError(DomainError):
    code = "service_unknown"
    status = 422
    message = "This controller has no such service."
    field = "service"


class CampaignUnknownError(DomainError):
    code = "campaign_unknown"
    status = 404
    message = "The service runs no such campaign."


class CampaignExistsError(DomainError):
    code = "campaign_exists"
    status = 409
    message = "The service has a campaign of this reference already, with other particulars."
    field = "reference"


class CampaignTimesError(DomainError):
    code = "campaign_times"
    status = 422
    message = "A campaign ends in the future, within 400 days, and counts permits of the past 90."
    field = "ends_at"


class KillListAheadError(DomainError):
    code = "kill_list_ahead"
    status = 422
    message = "The kill list has no line of that number yet; read it again from 0."
    field = "after"

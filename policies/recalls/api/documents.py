"""What a stranger reads about each operation: words, forms, refusals and examples."""

from drf_spectacular.utils import extend_schema

from accounts.problems import IDEMPOTENCY_KEY, READ, WRITE, answer, body, problems, refusal
from policies.recalls.api import examples, serializers
from policies.recalls.errors import KillListAheadError

CAMPAIGNS = ["Campaigns"]
UNKNOWN = refusal(404, "campaign_unknown", "The service runs no such campaign.")

start_campaign = extend_schema(
    operation_id="start_campaign",
    summary="Say that a campaign runs",
    description=(
        "Notes that this service runs a campaign for one purpose. It includes everybody about whom "
        "the service was or will be permitted that purpose since `since_at`. Whoever then says no "
        "is put on its kill list and recalled at the service's address. Starting the same campaign "
        "again changes nothing and answers with it."
    ),
    tags=CAMPAIGNS,
    parameters=[IDEMPOTENCY_KEY],
    request=serializers.CampaignInput,
    responses={201: serializers.CampaignOutput, **problems(*WRITE)},
    examples=[
        body("Ten days", examples.CAMPAIGN),
        answer("Started", examples.STARTED, 201),
        refusal(403, "purpose_not_registered", "The service is not registered for this purpose."),
        refusal(409, "campaign_exists", "The reference is taken by another campaign."),
        refusal(422, "campaign_times", "A campaign ends in the future, within 400 days."),
    ],
)

end_campaign = extend_schema(
    operation_id="end_campaign",
    summary="Say that a campaign is over",
    description=(
        "From then on nobody is added to its kill list. Ending it twice changes nothing; a "
        "campaign that nobody ends is over at its `ends_at`."
    ),
    tags=CAMPAIGNS,
    parameters=[IDEMPOTENCY_KEY],
    request=None,
    responses={200: serializers.CampaignOutput, **problems(*WRITE)},
    examples=[answer("Over", examples.ENDED), UNKNOWN],
)

read_kill_list = extend_schema(
    operation_id="read_kill_list",
    summary="Whom a campaign may use no longer",
    description=(
        "The people who were permitted for the campaign and have since withdrawn, objected, been "
        "restricted or asked for erasure, in the order they were found. Ask again with `after` for "
        "those that came later: numbers only grow and none is left out. An `after` beyond the last "
        "line is refused: read the list again from 0 then. Whoever is listed may only be used "
        "after a new permit. While `is_settled` is false, a no that was said before is still being "
        "looked into: ask again at once. A page that shows somebody is recorded."
    ),
    tags=CAMPAIGNS,
    parameters=[serializers.KillListQuery],
    responses={200: serializers.KillListOutput, **problems(*READ, 422)},
    examples=[
        answer("One person", examples.KILL_LIST),
        answer("Nobody new", examples.NOTHING_NEW),
        UNKNOWN,
        refusal(422, "kill_list_ahead", KillListAheadError.message),
    ],
)

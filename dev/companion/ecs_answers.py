"""What all of ECS's plays share: the cluster that is meant, refusals, and pages."""

from .paging import BadMarker, page
from .wire import Answer, Call, error, json_answer


def cluster(call: Call) -> str:
    """The name of the cluster that the request means."""
    return call.json.get("cluster", "default").rpartition("/")[2]


def invalid(call: Call, message: str) -> Answer:
    """ECS's refusal of a parameter."""
    return error(call, "InvalidParameterException", message)


def paged(call: Call, items: list, key: str, default: int) -> Answer:
    """One page of a list, of the size that was asked for."""
    try:
        size = int(call.json.get("maxResults") or default)
        if not 1 <= size <= 100:
            return invalid(call, "maxResults must be between 1 and 100.")
        found, following = page(items, size, call.json.get("nextToken"))
    except BadMarker:
        return invalid(call, "Invalid token")
    return json_answer(call, {key: found} | ({"nextToken": following} if following else {}))

"""The fault foreign-duplicate: the request that somebody else would have sent for a resource of the same name. When
it is sent is decided by the faults."""

import json
import re
from urllib.parse import urlencode

from .wire import Call

SOMEBODY = "somebody-else"
OPERATIONS = (
    "CreateService", "CreateTargetGroup", "CreateRule", "CreateAccessPoint", "CreateSecret", "CreateLogGroup",
    "RegisterTaskDefinition", "ChangeResourceRecordSets",
)  # fmt: skip
_TOKENS = ("ClientRequestToken", "clientToken", "ClientToken")


def _retag(value: object) -> object:
    """The same JSON with every tag given to somebody else, except a name, and without tokens of idempotence."""
    if isinstance(value, list):
        return [_retag(item) for item in value]
    if not isinstance(value, dict):
        return value
    key = value.get("Key", value.get("key"))
    if key is not None and key != "Name" and set(value) in ({"Key", "Value"}, {"key", "value"}):
        return {name: SOMEBODY if name.lower() == "value" else item for name, item in value.items()}
    if isinstance(value.get("tags"), dict):
        value = value | {"tags": dict.fromkeys(value["tags"], SOMEBODY)}
    return {name: _retag(item) for name, item in value.items() if name not in _TOKENS}


def twin(call: Call) -> Call:
    """The foreign request: same name, other owner."""
    if call.protocol in ("json", "rest-json"):
        body = _retag(call.json)
        if call.operation == "CreateAccessPoint":
            body["ClientToken"] = SOMEBODY
        return call.replaced(body=json.dumps(body).encode())
    if call.protocol == "query":
        form = {
            key: SOMEBODY if re.fullmatch(r"Tags\.member\.\d+\.Value", key) else value
            for key, value in call.form.items()
        }
        return call.replaced(body=urlencode(form).encode())
    # Route 53: an address record of that name which leads elsewhere (RFC 5737).
    name = re.search(rb"<Name>([^<]+)</Name>", call.body)
    namespace = re.search(rb'xmlns="([^"]+)"', call.body)
    record = (
        b'<?xml version="1.0"?><ChangeResourceRecordSetsRequest xmlns="' + (namespace[1] if namespace else b"") + b'">'
        b"<ChangeBatch><Changes><Change><Action>UPSERT</Action><ResourceRecordSet><Name>" + (name[1] if name else b"")
        + b"</Name><Type>A</Type><TTL>300</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value>"
        b"</ResourceRecord></ResourceRecords></ResourceRecordSet></Change></Changes></ChangeBatch>"
        b"</ChangeResourceRecordSetsRequest>"
    )  # fmt: skip
    return call.replaced(body=record)

"""What AWS says to a client whose clock is wrong: a signature is good for a quarter of an hour, before and after. The
signature itself nobody checks here."""

import datetime

from .wire import Answer, Call, error

WITHIN = datetime.timedelta(minutes=15)
_WRITTEN = "%Y%m%dT%H%M%SZ"


def refusal(call: Call, now: datetime.datetime) -> Answer | None:
    """AWS's refusal of a request that was signed too early or too late; none where its time is right or not said."""
    try:
        signed = datetime.datetime.strptime(call.headers.get("X-Amz-Date", ""), _WRITTEN).replace(tzinfo=datetime.UTC)
    except ValueError:
        return None
    if call.service is None or abs(now - signed) <= WITHIN:
        return None
    if call.service == "s3":
        message = "The difference between the request time and the current time is too large."
        return error(call, "RequestTimeTooSkewed", message, 403)
    if call.service == "ec2":
        return error(call, "RequestExpired", "Request has expired.", 400)
    late = signed < now
    edge = now - WITHIN if late else now + WITHIN
    what, than, sign = ("expired", "now earlier", "-") if late else ("not yet current", "still later", "+")
    times = [at.strftime(_WRITTEN) for at in (signed, edge, now)]
    message = f"Signature {what}: {times[0]} is {than} than {times[1]} ({times[2]} {sign} 15 min.)"
    if call.protocol in ("json", "smithy-rpc-v2-cbor"):
        return error(call, "InvalidSignatureException", message, 400)
    # The REST services with JSON have the name of the one, and the status of the other.
    code = "InvalidSignatureException" if call.protocol == "rest-json" else "SignatureDoesNotMatch"
    return error(call, code, message, 403)

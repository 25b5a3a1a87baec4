"""What CloudWatch answers: points that are set at the companion's own side, of tenants' services or of any metric.
Moto neither speaks CloudWatch's protocol (CBOR) nor counts its points as CloudWatch does."""

import dataclasses
import datetime
import random

import botocore.session
from botocore.parsers import RpcV2CBORParser
from botocore.serialize import RpcV2CBORSerializer
from multidict import CIMultiDict

from .config import Environment
from .front import plays
from .wire import Answer, Call, error, json_answer

NAMESPACE = "ECS/ContainerInsights"
METRICS = {"CpuUtilized": "None", "MemoryUtilized": "Megabytes"}
_POINTS_AT_ONCE = 1440
_MODEL = botocore.session.get_session().get_service_model("cloudwatch")


@dataclasses.dataclass(frozen=True)
class Sample:
    """A measured value: when, in seconds since 1970, and how much."""

    at: float
    value: float


def samples(asked: dict) -> list[Sample]:
    """The samples of `{from, period, values}`, one a period, none where a value is null. Raises ValueError."""
    names = {"tenant", "metric"} if "tenant" in asked else {"namespace", "metric", "dimensions"}
    unknown = ", ".join(sorted(set(asked) - names - {"environment", "from", "period", "values"}))
    if unknown:
        raise ValueError(f"no {unknown} beside {', '.join(sorted(names))}")
    if "tenant" in asked and asked.get("metric") not in METRICS:
        raise ValueError(f"no {asked.get('metric')}; metrics of a tenant are {', '.join(METRICS)}")
    start, period = float(asked["from"]), float(asked["period"])
    values = enumerate(asked["values"])
    return [Sample(start + number * period, float(value)) for number, value in values if value is not None]


def key(environment: Environment, asked: dict) -> tuple:
    """Under what the samples are kept: a metric is another one with other dimensions. Raises KeyError, TypeError."""
    namespace, dimensions = asked.get("namespace"), asked.get("dimensions")
    if "tenant" in asked:
        service = f"{environment.name}-{asked['tenant']}-service"
        namespace, dimensions = NAMESPACE, {"ClusterName": environment.cluster, "ServiceName": service}
    return _key(environment.account, namespace, asked["metric"], dimensions)


def _key(account: str, namespace: str, metric: str, dimensions: dict) -> tuple:
    return (account, namespace, metric, frozenset(dimensions.items()))


def _decoded(call: Call) -> dict:
    """The parameters, with times as seconds since 1970. SDKs choose between the two protocols."""
    asked = call.json if call.protocol == "json" else _from_cbor(call)
    for name in ("StartTime", "EndTime"):
        if isinstance(asked.get(name), datetime.datetime):
            asked[name] = asked[name].timestamp()
    return asked


def _from_cbor(call: Call) -> dict:
    parser = RpcV2CBORParser()
    return parser.parse_data_item(parser.get_peekable_stream_from_bytes(call.body)) if call.body else {}


def _encoded(call: Call, label: str, points: list[dict]) -> Answer:
    if call.protocol == "json":
        return json_answer(call, {"Label": label, "Datapoints": points})
    dated = [one | {"Timestamp": datetime.datetime.fromtimestamp(one["Timestamp"], datetime.UTC)} for one in points]
    body, shape = bytearray(), _MODEL.operation_model(call.operation).output_shape
    RpcV2CBORSerializer()._serialize_data_item(body, {"Label": label, "Datapoints": dated}, shape)
    headers = {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}
    return Answer(200, CIMultiDict(headers), bytes(body))


@plays("cloudwatch", "GetMetricStatistics")
async def get_metric_statistics(world, call, forward):
    """CloudWatch counts periods from the start, answers in no order, and no point where nothing was measured."""
    if call.protocol not in ("json", "smithy-rpc-v2-cbor"):
        return await forward(call)
    asked = _decoded(call)
    start, end = asked["StartTime"], asked["EndTime"]
    start -= start % 60
    period = asked["Period"]
    if period <= 0 or period % 60:
        return error(call, "InvalidParameterValue", "The parameter Period must be a multiple of 60.", 400)
    if start >= end:
        message = "The parameter StartTime must be less than the parameter EndTime."
        return error(call, "InvalidParameterValue", message, 400)
    percentiles = [one for one in asked.get("ExtendedStatistics") or [] if one.startswith("p")]
    if not asked.get("Statistics") and not percentiles:
        message = "At least one of the parameters Statistics and ExtendedStatistics must be specified."
        return error(call, "MissingParameter", message, 400)
    count = -(-(end - start) // period)
    if count > _POINTS_AT_ONCE:
        message = (
            f"You have requested up to {count:,.0f} datapoints, which exceeds the limit of 1,440. You may reduce the "
            "datapoints requested by increasing Period, or decreasing the time range."
        )
        return error(call, "InvalidParameterCombination", message, 400)
    measured = _measured(world, call, asked)
    unit = METRICS.get(asked["MetricName"], "None")
    slots: dict[int, list[float]] = {}
    for sample in measured:
        if start <= sample.at < end:
            slots.setdefault(int((sample.at - start) // period), []).append(sample.value)
    points = [
        {"Timestamp": start + slot * period, "Unit": unit}
        | {name: value for name, value in _statistics(values).items() if name in (asked.get("Statistics") or [])}
        | ({"ExtendedStatistics": {name: _percentile(values, name) for name in percentiles}} if percentiles else {})
        for slot, values in slots.items()
    ]
    random.shuffle(points)
    return _encoded(call, asked["MetricName"], points)


def _measured(world, call: Call, asked: dict) -> list[Sample]:
    """Nothing, unless exactly its dimensions are given."""
    given = {one["Name"]: one["Value"] for one in asked.get("Dimensions") or []}
    return world.metrics.get(_key(call.account, asked["Namespace"], asked["MetricName"], given), [])


def _percentile(values: list[float], name: str) -> float:
    """What that share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * float(name[1:]) / 100), len(ordered) - 1)]


def _statistics(values: list[float]) -> dict[str, float]:
    return {
        "SampleCount": float(len(values)),
        "Sum": sum(values),
        "Average": sum(values) / len(values),
        "Minimum": min(values),
        "Maximum": max(values),
    }

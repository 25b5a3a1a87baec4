"""What CloudWatch Logs answers about exports, where moto answers something else."""

import time

from .front import plays
from .paging import BadMarker, page
from .wire import error, json_answer

_PROBE = "aws-logs-write-test"


@plays("logs", "CreateExportTask")
async def create_export_task(world, call, forward):
    """Moto's exports are over at once, any number of them beside each other, into any bucket; CloudWatch Logs makes one at a
    time, and only where the bucket's policy lets it. Moto puts its probe at the bucket's top and not below the prefix."""
    asked = call.json
    async with world.alone(call.account, "exports"):
        if world.faults.take("export-refused", haystack=asked.get("logGroupName", ""), environment=call.environment):
            message = (
                "GetBucketAcl call on the given bucket failed. Please check if CloudWatch Logs has been granted permission "
                "to perform this operation."
            )
            return error(call, "InvalidParameterException", message, 400)
        if _running(world, call.account):
            return error(call, "LimitExceededException", "Resource limit exceeded.", 400)
        answer = await forward(call)
        if not answer.ok:
            return answer
        world.exports[call.account] = (answer.json()["taskId"], time.time() + world.settings.export_for)
        bucket, prefix = asked["destination"], asked.get("destinationPrefix", "exportedlogs")
        where = (call.account, call.region, "s3")
        await world.moto.call(*where, "DeleteObject", Bucket=bucket, Key=_PROBE)
        await world.moto.call(*where, "PutObject", Bucket=bucket, Key=f"{prefix}/{_PROBE}", Body=b"Permission Check Successful")
        return answer


def _running(world, account: str) -> str | None:
    """The id of the export that runs in the account."""
    task, until = world.exports.get(account, (None, 0))
    return task if time.time() < until else None


@plays("logs", "DescribeExportTasks")
async def describe_export_tasks(world, call, forward):
    """Moto knows no pages, and shows an export as over while it runs."""
    answer = await forward(call)
    if not answer.ok:
        return answer
    tasks, running = answer.json()["exportTasks"], _running(world, call.account)
    for task in tasks:
        if task["taskId"] == running:
            task["status"] = {"code": "RUNNING", "message": "Task is running"}
        elif task["status"]["code"] == "active":
            task["status"] = {"code": "COMPLETED", "message": "Completed successfully"}
    try:
        found, following = page(tasks, int(call.json.get("limit") or 50), call.json.get("nextToken"))
    except BadMarker:
        return error(call, "InvalidParameterException", "The specified nextToken is invalid.", 400)
    return json_answer(call, {"exportTasks": found} | ({"nextToken": following} if following else {}))

"""What EFS answers, where moto answers something else."""

from urllib.parse import urlencode

from .front import plays
from .moto import AwsError
from .paging import BadMarker, page
from .wire import error

_PAGE = 100


async def _points(world, call, **which) -> list[dict]:
    try:
        return (await world.moto.call(call.account, call.region, "efs", "DescribeAccessPoints", **which))[
            "AccessPoints"
        ]
    except AwsError:
        return []


async def _system_is_there(world, call, system: str) -> bool:
    try:
        await world.moto.call(call.account, call.region, "efs", "DescribeFileSystems", FileSystemId=system)
    except AwsError:
        return False
    return True


def _no_system(call, system: str):
    return error(
        call, "FileSystemNotFound", f"File system '{system}' does not exist.", 404, ErrorCode="FileSystemNotFound"
    )


@plays("efs", "CreateAccessPoint")
async def create_access_point(world, call, forward):
    """Moto takes any file system, and makes a second access point for the same client token."""
    system, token = call.json.get("FileSystemId", ""), call.json.get("ClientToken")
    async with world.alone(call.account, "access point", token):
        if not await _system_is_there(world, call, system):
            return _no_system(call, system)
        for point in await _points(world, call, FileSystemId=system):
            if token and point["ClientToken"] == token:
                message = f"Access point already exists with creation token {token}"
                known = {"ErrorCode": "AccessPointAlreadyExists", "AccessPointId": point["AccessPointId"]}
                return error(call, "AccessPointAlreadyExists", message, 409, **known)
        return await forward(call)


@plays("efs", "DescribeAccessPoints")
async def describe_access_points(world, call, forward):
    """Moto answers all at once, and nothing for a file system that is not there; EFS pages by 100."""
    system = call.query.get("FileSystemId")
    if system and not await _system_is_there(world, call, system):
        return _no_system(call, system)
    asked = {key: value for key, value in call.query.items() if key not in ("MaxResults", "NextToken")}
    answer = await forward(call.replaced(target=f"{call.path}?{urlencode(asked)}" if asked else call.path))
    if not answer.ok:
        return answer
    value = answer.json()
    try:
        size = int(call.query.get("MaxResults") or _PAGE)
        if size < 1:
            raise ValueError(size)
        found, following = page(value["AccessPoints"], min(size, _PAGE), call.query.get("NextToken"))
    except (BadMarker, ValueError):
        return error(call, "BadRequest", "invalid NextToken or MaxResults", 400, ErrorCode="BadRequest")
    return answer.with_json(value | {"AccessPoints": found} | ({"NextToken": following} if following else {}))


@plays("efs", "DeleteAccessPoint")
async def delete_access_point(world, call, forward):
    """Moto lets an access point be deleted twice."""
    point = call.path.rpartition("/")[2]
    async with world.alone(call.account, "access point", point):
        if not await _points(world, call, AccessPointId=point):
            message = f"Access point '{point}' does not exist."
            return error(call, "AccessPointNotFound", message, 404, ErrorCode="AccessPointNotFound")
        return await forward(call)

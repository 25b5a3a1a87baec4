"""IAM Identity Center's portal, which moto does not have: a login is good when its token begins with `good`, and gives the
credentials of any account and role, but for the role `nobody`."""

from .front import plays
from .wire import error, json_answer

GOOD = "good"


@plays("sso", "GetRoleCredentials")
async def get_role_credentials(world, call, _):
    """The portal knows who asks by a token instead of a signature."""
    if not call.headers.get("x-amz-sso_bearer_token", "").startswith(GOOD):
        return error(call, "UnauthorizedException", "Session token not found or invalid", 401)
    account, role = call.query.get("account_id", ""), call.query.get("role_name", "")
    if role == "nobody":
        return error(call, "ForbiddenException", "No access", 403)
    wanted = {"RoleArn": f"arn:aws:iam::{account}:role/{role}", "RoleSessionName": "portal"}
    given = (await world.moto.call(account, call.region, "sts", "AssumeRole", **wanted))["Credentials"]
    return json_answer(call, {
        "roleCredentials": {
            "accessKeyId": given["AccessKeyId"], "secretAccessKey": given["SecretAccessKey"],
            "sessionToken": given["SessionToken"], "expiration": int(given["Expiration"].timestamp() * 1000),
        }
    })  # fmt: skip

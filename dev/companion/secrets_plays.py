"""What Secrets Manager answers, where moto answers something else."""

from .front import plays
from .moto import AwsError
from .wire import error


@plays("secretsmanager", "CreateSecret")
async def create_secret(world, call, forward):
    """Of a name that is scheduled for deletion moto says that the secret exists, which Secrets Manager says only of one
    that is in use."""
    name = call.json.get("Name", "")
    async with world.alone(call.account, call.region, "secret", name):
        try:
            found = await world.moto.call(call.account, call.region, "secretsmanager", "DescribeSecret", SecretId=name)
        except AwsError:
            found = {}
        if found.get("DeletedDate"):
            message = "You can't create this secret because a secret with this name is already scheduled for deletion."
            return error(call, "InvalidRequestException", message, 400)
        return await forward(call)

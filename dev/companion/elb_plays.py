"""What Elastic Load Balancing answers, where moto answers something else."""

from urllib.parse import urlencode
from xml.etree import ElementTree

from .front import plays
from .moto import AwsError
from .paging import BadMarker, xml_page
from .wire import children, error, text

_REASONS = {
    "initial": ("Elb.InitialHealthChecking", "Initial health checks in progress"),
    "unhealthy": ("Target.ResponseCodeMismatch", "Health checks failed with these codes: [500]"),
    "draining": ("Target.DeregistrationInProgress", "Target deregistration is in progress"),
    "unused": ("Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"),
}
_LISTS = {"DescribeTargetGroups": "TargetGroups", "DescribeRules": "Rules"}


@plays("elbv2", "DescribeTargetHealth")
async def target_health(world, call, forward):
    """Moto says healthy of whatever is registered; the tasks know better."""
    answer = await forward(call)
    if not answer.ok:
        return answer
    group = call.form.get("TargetGroupArn", "")
    tasks = {task.ip: task for task in world.scheduler.behind(group)}
    if not tasks:
        return answer
    found = await world.moto.call(call.account, call.region, "elbv2", "DescribeTargetGroups", TargetGroupArns=[group])
    used = bool(found["TargetGroups"][0].get("LoadBalancerArns"))
    root = ElementTree.fromstring(answer.body)
    namespace = root.tag.partition("}")[0] + "}"
    for member in children(root, "member"):
        task = tasks.get(text(member, "Id"))
        health = next(iter(children(member, "TargetHealth")), None)
        if task is None or health is None:
            continue
        state = world.scheduler.health(task) if used else "unused"
        for child in list(health):
            health.remove(child)
        ElementTree.SubElement(health, f"{namespace}State").text = state
        ailment = world.scheduler.ailment(task) if used else None
        reason = (ailment.code, ailment.words) if ailment else _REASONS.get(state, ())
        for name, value in zip(("Reason", "Description"), reason, strict=False):
            ElementTree.SubElement(health, f"{namespace}{name}").text = value
    return answer.with_xml(root)


@plays("elbv2", "DescribeTargetGroups", "DescribeRules")
async def pages(world, call, forward):
    """Moto pages neither by what is asked nor by ELB's own 400 and 100 a page."""
    try:
        size = int(call.form.get("PageSize") or 400)
    except ValueError:
        size = 0
    if not 1 <= size <= 400:
        return error(call, "ValidationError", "PageSize must be between 1 and 400")
    whole, marker, form = [], None, {k: v for k, v in call.form.items() if k not in ("PageSize", "Marker")}
    answer = root = None
    while answer is None or marker:
        asked = call.replaced(
            body=urlencode(form | {"PageSize": "400"} | ({"Marker": marker} if marker else {})).encode()
        )
        answer = await forward(asked)
        if not answer.ok:
            return answer
        part = ElementTree.fromstring(answer.body)
        items = next(iter(children(part, _LISTS[call.operation])), None)
        if root is None:
            root, whole = part, items
        elif items is not None:
            whole.extend(list(items))
        marker = text(part, "NextMarker")
    try:
        return xml_page(answer, root, _LISTS[call.operation], size, call.form.get("Marker"))
    except BadMarker:
        return error(call, "ValidationError", "Marker is not valid")


async def _rules(world, call, **which) -> list:
    try:
        found = await world.moto.call(call.account, call.region, "elbv2", "DescribeRules", **which)
    except AwsError:
        return []
    return found["Rules"]


@plays("elbv2", "DeleteRule")
async def delete_rule(world, call, forward):
    """Moto lets a rule be deleted twice."""
    arn = call.form.get("RuleArn", "")
    async with world.alone(call.account, "rule", arn):
        if not await _rules(world, call, RuleArns=[arn]):
            return error(call, "RuleNotFound", "One or more rules not found", 400)
        answer = await forward(call)
        world.changed(call.account, "rules")
        return answer


@plays("elbv2", "CreateRule")
async def create_rule(world, call, forward):
    """Moto takes priorities above 50000, and more rules and target groups than a load balancer has room for."""
    priority = call.form.get("Priority", "")
    if not (priority.isdigit() and 1 <= int(priority) <= 50000):
        return error(call, "ValidationError", f"Priority '{priority}' must be between 1 and 50000", 400)
    listener = call.form.get("ListenerArn", "")
    async with world.alone(call.account, "listener", listener):
        rules = await _all_rules(world, call, listener)
        if sum(not rule["IsDefault"] for rule in rules) >= world.settings.rules_per_load_balancer:
            return error(call, "TooManyRules", "The maximum number of rules has been reached", 400)
        wanted = {value for key, value in call.form.items() if key.endswith("TargetGroupArn")}
        used = {action["TargetGroupArn"] for rule in rules for action in rule["Actions"] if "TargetGroupArn" in action}
        if len(wanted | used) > world.settings.target_groups_per_load_balancer:
            message = "The maximum number of unique target groups per load balancer has been reached"
            return error(call, "TooManyUniqueTargetGroupsPerLoadBalancer", message, 400)
        answer = await forward(call)
        world.changed(call.account, "rules")
        return answer


async def _all_rules(world, call, listener: str) -> list[dict]:
    """The rules of a listener; none when there is no such listener, which moto then says itself."""
    try:
        return await world.moto.pages(
            call.account, call.region, "elbv2", "DescribeRules", "Rules", ListenerArn=listener, PageSize=400
        )
    except AwsError:
        return []


@plays("elbv2", "ModifyRule", "SetRulePriorities", "ModifyListener", "CreateListener", "DeleteListener")
async def other_change(world, call, forward):
    """Nothing is played here; the sites must hear that the rules are other ones."""
    answer = await forward(call)
    world.changed(call.account, "rules")
    return answer

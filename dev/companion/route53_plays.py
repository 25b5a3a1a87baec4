"""What Route 53 answers, where moto answers something else."""

from xml.etree import ElementTree

from .front import plays
from .moto import AwsError
from .wire import children, error, text


def _values(element: ElementTree.Element) -> tuple:
    """What a record leads to: its addresses, or the alias."""
    target = next(iter(children(element, "AliasTarget")), None)
    if target is not None:
        return ("alias", text(target, "DNSName").rstrip(".").lower())
    return tuple(sorted(text(record, "Value") for record in children(element, "ResourceRecord")))


def _kept(record: dict) -> tuple:
    if "AliasTarget" in record:
        return ("alias", record["AliasTarget"]["DNSName"].rstrip(".").lower())
    return tuple(sorted(one["Value"] for one in record.get("ResourceRecords", [])))


@plays("route53", "ChangeResourceRecordSets")
async def change_records(world, call, forward):
    """Moto duplicates a record that is created twice, and deletes what is not there; Route 53 refuses the batch. Moto
    also refuses a record that was there once when others follow it in the zone, hence the UPSERT."""
    zone = call.path.split("/hostedzone/")[-1].partition("/")[0]
    async with world.alone(call.account, "zone", zone):
        try:
            found = await records(world, call.account, zone)
        except AwsError:
            return await forward(call)
        problems = []
        for change in children(ElementTree.fromstring(call.body), "Change"):
            action = text(change, "Action")
            name, kind = text(change, "Name").rstrip(".").lower(), text(change, "Type")
            same = [one for one in found if one["Name"].rstrip(".").lower() == name and one["Type"] == kind]
            what = f"resource record set [name='{name}.', type='{kind}']"
            if action == "CREATE" and same:
                problems.append(f"Tried to create {what} but it already exists")
            elif action == "DELETE" and not same:
                problems.append(f"Tried to delete {what} but it was not found")
            elif action == "DELETE" and all(_kept(one) != _values(change) for one in same):
                problems.append(f"Tried to delete {what} but the values provided do not match the current values")
        if problems:
            return error(call, "InvalidChangeBatch", f"[{', '.join(problems)}]", 400)
        answer = await forward(call.replaced(body=call.body.replace(b">CREATE</", b">UPSERT</")))
        world.changed(call.account, "records")
        return answer


async def records(world, account: str, zone: str) -> list[dict]:
    """All record sets of a zone."""
    found: list[dict] = []
    start: dict = {}
    while True:
        page = await world.moto.call(
            account, "us-east-1", "route53", "ListResourceRecordSets", HostedZoneId=zone, **start
        )
        found += page["ResourceRecordSets"]
        if not page.get("IsTruncated"):
            return found
        start = {"StartRecordName": page["NextRecordName"], "StartRecordType": page["NextRecordType"]}

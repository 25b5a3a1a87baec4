"""The mail that SES took, kept to be read. Moto keeps it too, but its `/moto-api/data.json` breaks on a database instance."""

from .front import plays


@plays("sesv2", "SendEmail")
async def send_email(world, call, forward):
    """Remembers a simple mail once the emulator has taken it."""
    answer = await forward(call)
    if answer.ok:
        mail = call.json
        simple = mail.get("Content", {}).get("Simple", {})
        world.mails.append({
            "account": call.account, "from": mail.get("FromEmailAddress"),
            "to": mail.get("Destination", {}).get("ToAddresses", []),
            "subject": simple.get("Subject", {}).get("Data", ""),
            "text": simple.get("Body", {}).get("Text", {}).get("Data", ""),
        })  # fmt: skip
    return answer

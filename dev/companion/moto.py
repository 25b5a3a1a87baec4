"""The companion's own way to the emulator: AWS calls as any account, straight to moto, so that faults meant for the
clients never hit it. Requests of clients do not go this way."""

import asyncio
import re
from urllib.parse import urlencode

import aiohttp
import botocore.parsers
import botocore.serialize
import botocore.session
from botocore.awsrequest import prepare_request_dict


class AwsError(Exception):
    """AWS answered an error; `code` is its name."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class Moto:
    """An asynchronous client made of botocore's own serializers and parsers. Moto reads the account from the access
    key and does not look at the signature, so there is none."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self._url, self._http = url, http
        self._session = botocore.session.get_session()
        self._services: dict[str, tuple] = {}
        self._keys: dict[str, asyncio.Task] = {}
        self._accounts: dict[str, asyncio.Task] = {}

    def forget(self) -> None:
        """Drops what is known of credentials: the emulator is a new one."""
        self._keys.clear()
        self._accounts.clear()

    async def call(self, account: str, region: str, service: str, operation: str, /, **params) -> dict:
        """One call as an account. Raises AwsError."""
        if account not in self._keys:
            self._keys[account] = asyncio.ensure_future(self._assume(account))
        return await self._send(await self._keys[account], region, service, operation, params)

    async def account_of(self, access_key: str) -> str:
        """The account that an access key belongs to, as the emulator sees it."""
        if access_key not in self._accounts:
            ask = self._send(access_key, "us-east-1", "sts", "GetCallerIdentity", {})
            self._accounts[access_key] = asyncio.ensure_future(ask)
        return (await self._accounts[access_key])["Account"]

    async def pages(self, account: str, region: str, service: str, operation: str, items: str, /, **params) -> list:
        """All items of a paged call, whatever the service calls its marker."""
        found: list = []
        while True:
            page = await self.call(account, region, service, operation, **params)
            found += page.get(items) or []
            for given, wanted in (("NextToken", "NextToken"), ("nextToken", "nextToken"), ("NextMarker", "Marker")):
                if page.get(given):
                    params[wanted] = page[given]
                    break
            else:
                return found

    async def _assume(self, account: str) -> str:
        role = {"RoleArn": f"arn:aws:iam::{account}:role/PlatformOps", "RoleSessionName": "companion"}
        given = await self._send("companion", "us-east-1", "sts", "AssumeRole", role)
        return given["Credentials"]["AccessKeyId"]

    def _service(self, name: str) -> tuple:
        if name not in self._services:
            model = self._session.get_service_model(name)
            serializer = botocore.serialize.create_serializer(model.protocol, include_validation=False)
            self._services[name] = (model, serializer, botocore.parsers.create_parser(model.protocol))
        return self._services[name]

    async def _send(self, key: str, region: str, service: str, operation: str, params: dict) -> dict:
        model, serializer, parser = self._service(service)
        shape = model.operation_model(operation)
        request = serializer.serialize_to_request(params, shape)
        prepare_request_dict(request, self._url)
        scope = f"{key}/20250101/{region}/{model.signing_name}/aws4_request"
        headers = dict(request["headers"])
        headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none"
        body = request["body"]
        if isinstance(body, dict):
            body = urlencode(body)
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
        url = request["url"]
        async with self._http.request(request["method"], url, data=body, headers=headers) as answer:
            content = await answer.read()
            raw = {"status_code": answer.status, "headers": answer.headers, "body": content}
        if answer.status >= 300:
            parsed = parser.parse(raw, shape.output_shape) if _parseable(content) else {}
            problem = parsed.get("Error", {})
            code = re.split("[#:]", problem.get("Code") or str(answer.status))[-1]
            raise AwsError(code, problem.get("Message") or content[:200].decode("utf-8", "replace"))
        return parser.parse(raw, shape.output_shape)


def _parseable(content: bytes) -> bool:
    """Not so for what moto does not implement: it answers with an HTML page."""
    start = content.lstrip()[:200].lower()
    return start[:1] in (b"{", b"<") and b"<html" not in start and b"<!doctype" not in start

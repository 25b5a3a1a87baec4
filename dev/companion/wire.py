"""AWS on the wire: which service and operation a request means, its parameters, and answers in the protocol's own
form. What is answered is decided elsewhere."""

import dataclasses
import functools
import json
import re
from collections.abc import Iterable
from urllib.parse import parse_qsl
from xml.etree import ElementTree

from microburst.detection.rest import match_rest_operation
from microburst.models import get_protocol, service_for_scope
from microburst.protocols import render_error
from multidict import CIMultiDict, CIMultiDictProxy

_SCOPE = re.compile(r"(?:Credential=|^)([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")


@dataclasses.dataclass
class Answer:
    """An HTTP answer on its way to the client."""

    status: int
    headers: CIMultiDict | CIMultiDictProxy
    body: bytes

    @property
    def ok(self) -> bool:
        return self.status < 300

    def json(self) -> dict:
        return json.loads(self.body or b"{}")

    def with_json(self, value: dict) -> "Answer":
        """The same answer with another JSON body."""
        return self._with(json.dumps(value).encode())

    def with_xml(self, root: ElementTree.Element) -> "Answer":
        """The same answer with another XML body, in the namespace that the root has."""
        if root.tag.startswith("{"):
            ElementTree.register_namespace("", root.tag[1:].partition("}")[0])
        return self._with(ElementTree.tostring(root, encoding="utf-8"))

    def _with(self, body: bytes) -> "Answer":
        headers = CIMultiDict(self.headers)
        headers.popall("Content-Length", None)
        return Answer(self.status, headers, body)


class Cut(Exception):
    """The connection to the client is to be cut without an answer."""


@dataclasses.dataclass
class Call:
    """One request of a client."""

    method: str
    target: str
    headers: CIMultiDictProxy
    body: bytes
    access_key: str | None = None
    region: str = ""
    service: str | None = None
    operation: str | None = None
    account: str | None = None
    environment: str | None = None
    answer_is_lost: bool = False

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @functools.cached_property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    @functools.cached_property
    def json(self) -> dict:
        """The body of a JSON request; empty when it is none."""
        try:
            value = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    @functools.cached_property
    def form(self) -> dict[str, str]:
        """The parameters of a query-protocol request."""
        return self.query | dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def form_list(self, name: str) -> list[str]:
        """`Name.member.1`, `Name.member.2` … of a query-protocol request."""
        prefix = f"{name}.member."
        return [value for key, value in self.form.items() if key.startswith(prefix) and key[len(prefix) :].isdigit()]

    @property
    def protocol(self) -> str | None:
        if "X-Amz-Target" in self.headers:
            return "json"
        if self.headers.get("smithy-protocol") == "rpc-v2-cbor":
            return "smithy-rpc-v2-cbor"
        return get_protocol(self.service) if self.service else None

    def replaced(self, *, body: bytes | None = None, target: str | None = None) -> "Call":
        """The same request with another body or target. Nobody checks signatures behind us."""
        changed = dataclasses.replace(self, body=self.body if body is None else body, target=target or self.target)
        for name in ("query", "json", "form"):
            changed.__dict__.pop(name, None)
        return changed


def read(method: str, target: str, headers: CIMultiDictProxy, body: bytes) -> Call:
    """Recognizes a request by its signature's scope, its target header, its action or its path."""
    call = Call(method, target, headers, body)
    if "x-amz-sso_bearer_token" in headers:
        # The one AWS call here that is not signed.
        call.service, call.operation, call.region = "sso", "GetRoleCredentials", "us-east-1"
        return call
    found = _SCOPE.search(headers.get("Authorization", "")) or _SCOPE.search(call.query.get("X-Amz-Credential", ""))
    if not found:
        return call
    call.access_key, call.region, scope = found.groups()
    call.service = "sesv2" if scope == "ses" and call.path.startswith("/v2/") else service_for_scope(scope)
    named = headers.get("X-Amz-Target", "").rpartition(".")[2]
    smithy = re.search(r"/operation/(\w+)$", call.path)
    if named or smithy:
        call.operation = named or smithy[1]
    elif (protocol := get_protocol(call.service)) in ("query", "ec2"):
        call.operation = call.form.get("Action")
    elif protocol in ("rest-json", "rest-xml"):
        # With the path as the service's description writes it, which SDKs do not agree on: Route 53's …/rrset/.
        for path in (call.path, f"{call.path}/"):
            call.operation = match_rest_operation(call.service, method, path, call.query, headers, body)
            if call.operation:
                break
    return call


def error(call: Call, code: str, message: str, status: int | None = None, **fields: str) -> Answer:
    """An error in the form of the service's own protocol."""
    ct = call.headers.get("Content-Type")
    status, headers, body = render_error(
        call.service, code, message, status, call.protocol, request_ct=ct, fields=fields or None
    )
    return Answer(status, CIMultiDict(headers), body)


def json_answer(call: Call, value: dict) -> Answer:
    """A success in one of the JSON protocols."""
    kind = call.headers.get("Content-Type") if call.protocol == "json" else "application/json"
    return Answer(200, CIMultiDict({"Content-Type": kind or "application/json"}), json.dumps(value).encode())


def children(root: ElementTree.Element, name: str) -> Iterable[ElementTree.Element]:
    """All elements of that local name below the root, whatever the namespace."""
    return (element for element in root.iter() if element.tag.rpartition("}")[2] == name)


def text(element: ElementTree.Element, name: str) -> str:
    """The text of the first such element below; empty when there is none."""
    return next((child.text or "" for child in children(element, name)), "")

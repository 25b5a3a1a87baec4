"""Pages, for the lists that moto answers whole. Markers are opaque to clients, as AWS's are."""

import base64
import binascii
from xml.etree import ElementTree

from .wire import Answer, children


class BadMarker(ValueError):
    """The marker is none of ours."""


def page(items: list, size: int, marker: str | None) -> tuple[list, str | None]:
    """One page of the items, and the marker of the next one if there is one."""
    try:
        start = int(base64.urlsafe_b64decode(marker).decode().removeprefix("after-")) if marker else 0
    except (ValueError, binascii.Error) as error:
        raise BadMarker(marker) from error
    after = start + size
    return items[start:after], base64.urlsafe_b64encode(f"after-{after}".encode()).decode() if after < len(
        items
    ) else None


def xml_page(answer: Answer, root: ElementTree.Element, name: str, size: int, marker: str | None) -> Answer:
    """One page of the list `name` in an XML answer of the query protocol."""
    items = next(iter(children(root, name)), None)
    result = root[0]
    for old in [child for child in result if child.tag.rpartition("}")[2] == "NextMarker"]:
        result.remove(old)
    if items is None:
        return answer.with_xml(root)
    kept, following = page(list(items), size, marker)
    for item in [item for item in items if item not in kept]:
        items.remove(item)
    if following:
        namespace = root.tag.partition("}")[0] + "}" if root.tag.startswith("{") else ""
        ElementTree.SubElement(result, f"{namespace}NextMarker").text = following
    return answer.with_xml(root)

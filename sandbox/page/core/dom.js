// Building and updating elements. Text always becomes text nodes; nothing here, and nothing on the page, parses HTML.

const SVG = "http://www.w3.org/2000/svg";

/** h("div.card.wide", {onclick, "aria-label": …, dataset: {…}}, "text", element, [more]) */
export function h(selector, attributes, ...children) {
  const [name, ...classes] = selector.split(".");
  const element = document.createElement(name || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes ?? {})) set(element, key, value);
  append(element, children);
  return element;
}

function set(element, key, value) {
  if (value === null || value === undefined || value === false) return;
  if (key === "dataset") {
    for (const [name, data] of Object.entries(value)) {
      if (data !== null && data !== undefined) element.dataset[name] = data;
    }
  } else if (key === "style") {
    for (const [name, rule] of Object.entries(value)) element.style.setProperty(name, rule);
  } else if (key === "class") {
    element.classList.add(...value.split(" ").filter(Boolean));
  } else if (key.startsWith("on")) {
    element.addEventListener(key.slice(2), value);
  } else if (key === "value") {
    element.value = value;
  } else {
    element.setAttribute(key, value === true ? "" : value);
  }
}

export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** A picture from icons.svg, hidden from screen readers: the control around it carries the name. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/**
 * Makes `from` look like `to` while keeping its elements, so that focus, pressed buttons and open previews survive the edits of
 * a card. Listeners of `to` are not carried over: what is morphed is listened to by delegation. Elements with the same `data-keep`
 * are left alone; attributes that begin with `data-live-` belong to the living element and are not taken away.
 */
export function morph(from, to) {
  if (from.nodeType !== to.nodeType || from.nodeName !== to.nodeName || keyOf(from) !== keyOf(to)) {
    from.replaceWith(to);
    return to;
  }
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
    return from;
  }
  if (from.dataset.keep && from.dataset.keep === to.dataset.keep) return from;
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !name.startsWith("data-live-")) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) === value) continue;
    // The content security policy forbids style attributes, not the style object.
    if (name === "style") from.style.cssText = value;
    else from.setAttribute(name, value);
  }
  morphChildren(from, [...to.childNodes]);
  return from;
}

function morphChildren(parent, wanted) {
  const keyed = new Map();
  for (const child of parent.childNodes) if (keyOf(child)) keyed.set(keyOf(child), child);
  let cursor = parent.firstChild;
  for (const next of wanted) {
    const key = keyOf(next);
    const same = key ? keyed.get(key) : cursor && !keyOf(cursor) ? cursor : null;
    if (!same) {
      parent.insertBefore(next, cursor);
      continue;
    }
    if (same === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(same, cursor);
    morph(same, next);
  }
  while (cursor) {
    const after = cursor.nextSibling;
    cursor.remove();
    cursor = after;
  }
}

function keyOf(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node.dataset.key : undefined;
}

// Files of a message: pictures, the beginning of texts, and everything as a download.

import { h, icon } from "../core/dom.js";

const TEXT = /^(text\/|application\/(json|toml|x-yaml|xml))|charset=/;
const TEXT_NAME = /\.(txt|md|log|json|jsonl|toml|ya?ml|csv|sh|sql)$/i;
const PREVIEW_BYTES = 200_000;
const PREVIEW_LINES = 12;

/** The address on this page's own host, or null: the page loads nothing from elsewhere. */
export function localAddress(url) {
  if (url.startsWith("/")) return url;
  try {
    const { pathname, search, host } = new URL(url);
    return host === location.host || pathname.startsWith("/attachments/") ? pathname + search : null;
  } catch {
    return null;
  }
}

export function attachmentElement(attachment, open) {
  const { id, filename, size, url, content_type: type = "", description } = attachment;
  const address = localAddress(url);
  if (address && type.startsWith("image/")) {
    return h(
      "a.attachment-image",
      { href: address, target: "_blank", dataset: { key: id } },
      h("img", { src: address, alt: description ?? filename, loading: "lazy" }),
    );
  }
  const readable = address && size <= PREVIEW_BYTES && (TEXT.test(type) || TEXT_NAME.test(filename));
  return h(
    "div.attachment",
    { dataset: { key: id, keep: id, testid: "attachment" } },
    readable && preview(address, filename, open),
    h(
      "div.attachment-bar",
      {},
      icon("file"),
      h("span.attachment-name", {}, filename),
      h("span.attachment-size", {}, bytes(size)),
      address &&
        h(
          "a.icon-button",
          { href: address, download: filename, "aria-label": `Download ${filename}`, title: "Download" },
          icon("download"),
        ),
    ),
  );
}

function preview(address, filename, open) {
  const code = h("code", {}, "…");
  const box = h("pre.md-code.attachment-text", { tabindex: "0", "aria-label": `Beginning of ${filename}` }, code);
  const more = h("button.link-button", { type: "button" }, "Show the beginning");
  const load = () => {
    box.hidden = false;
    more.hidden = true;
    fetch(address)
      .then((response) => (response.ok ? response.text() : Promise.reject(new Error(String(response.status)))))
      .then((text) => {
        const lines = text.replace(/\n$/, "").split("\n");
        const show = (whole) => {
          code.textContent = (whole ? lines : lines.slice(0, PREVIEW_LINES)).join("\n");
          more.textContent = whole ? "Show less" : `Show all ${lines.length} lines`;
          more.onclick = () => show(!whole);
        };
        show(false);
        more.hidden = lines.length <= PREVIEW_LINES;
      })
      .catch(() => box.remove());
  };
  box.hidden = true;
  more.onclick = load;
  if (open) load();
  return h("div.attachment-preview", {}, box, more);
}

function bytes(size) {
  const [value, unit] =
    size < 1000 ? [size, "byte"] : size < 1_000_000 ? [size / 1000, "kilobyte"] : [size / 1_000_000, "megabyte"];
  const unitDisplay = unit === "byte" ? "long" : "short";
  return new Intl.NumberFormat(undefined, { style: "unit", unit, unitDisplay, maximumFractionDigits: 1 }).format(value);
}

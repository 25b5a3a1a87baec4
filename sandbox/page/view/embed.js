// One embed: the card with the colour bar.

import { h } from "../core/dom.js";
import { localAddress } from "./attachment.js";
import { hex } from "./avatar.js";
import { inline } from "./inline.js";
import { markdown } from "./markdown.js";
import { posted } from "./time.js";

export function embedElement(embed, message, context, key) {
  const { title, url, description, author, fields = [], footer, timestamp, image, thumbnail, color } = embed;
  const heading =
    title &&
    h(
      "div.embed-title",
      {},
      url && /^https?:/.test(url)
        ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, inline(title, context))
        : inline(title, context),
    );
  return h(
    "article.embed",
    { style: { "--bar": color || color === 0 ? hex(color) : null }, dataset: { key } },
    h(
      "div.embed-body",
      {},
      author?.name && h("div.embed-author", {}, author.name),
      heading,
      description && h("div.embed-description.md", {}, markdown(description, context)),
      fields.length > 0 &&
        h(
          "dl.embed-fields",
          {},
          fields.map((field) => fieldElement(field, context)),
        ),
      picture(image, message, "embed-image"),
      (footer || timestamp) && foot(footer, timestamp),
    ),
    picture(thumbnail, message, "embed-thumbnail"),
  );
}

function fieldElement({ name, value, inline: beside }, context) {
  return h(
    "div.embed-field",
    { class: beside ? "beside" : "" },
    h("dt", {}, inline(name, context)),
    h("dd.md", {}, markdown(value, context)),
  );
}

function foot(footer, timestamp) {
  const date = timestamp && new Date(timestamp);
  return h(
    "footer.embed-footer",
    {},
    footer?.text,
    footer?.text && date && " • ",
    date && h("time", { datetime: timestamp }, posted(date)),
  );
}

/** Pictures of other hosts are not fetched: they stand as a link. */
function picture(media, message, name) {
  if (!media?.url) return null;
  const attached = message.attachments?.find(({ filename }) => media.url === `attachment://${filename}`);
  const address = localAddress(attached?.url ?? media.url);
  if (address) return h(`img.${name}`, { src: address, alt: media.description ?? attached?.description ?? "", loading: "lazy" });
  return /^https?:/.test(media.url) ? h("a", { href: media.url, target: "_blank", rel: "noopener noreferrer" }, media.url) : null;
}

// One member at the page: their connection, their world, the commands they may use. Ends as a whole when another member takes over.

import { Catalogue } from "../composer/catalogue.js";
import { Emitter } from "./emitter.js";
import { Gateway } from "./gateway.js";
import { Interactions } from "./interactions.js";
import { Rest } from "./rest.js";
import { World } from "./world.js";

export class Session extends Emitter {
  constructor(name, { token }) {
    super();
    this.name = name;
    this.rest = new Rest(token);
    this.world = new World(this.rest);
    this.gateway = new Gateway(token);
    this.interactions = new Interactions(this.rest, this.gateway, this.world);
    this.catalogue = new Catalogue(this.rest, this.world);
    this.gateway.on("dispatch", ([event, data]) => this.#hear(event, data));
    this.world.on("commands", () => this.catalogue.load());
  }

  open() {
    this.gateway.open();
  }

  close() {
    this.gateway.close();
  }

  #hear(event, data) {
    if (event === "READY") this.interactions.abandon();
    this.world.apply(event, data);
    this.interactions.hear(event, data);
    if (event === "GUILD_CREATE") this.catalogue.load();
    if (event === "INTERACTION_MODAL_CREATE") this.emit("modal", data);
  }
}

/** What was said and what is on its way: keeps unsent words, sends them in order, tells the view. */

import { Promised } from "./promised.js";
import { Problem } from "./session.js";
import { keep, recall } from "./storage.js";
import { Courier } from "./stream.js";

function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // Plain http has no randomUUID.
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/**
 * Items are {kind: "mine", key, text, at, state, wait, problem} with state sending, waiting, sent or
 * failed, and {kind: "theirs", text, interim, cards, actions, reply, at}; reply is null until done.
 * `view` has added(item), changed(item) and cleared().
 */
export class Conversation {
  constructor(server, view) {
    this.server = server;
    this.view = view;
    this.items = [];
    this.outbox = [];
    this.courier = null;
    this.previous = null;
    this.promised = new Promised(() => this.fetchPromised());
  }

  /** Brings back the talk of before the reload, and sends what was left unsent. */
  async restore() {
    this.outbox = recall("outbox", []);
    try {
      this.recallItems(await this.server.history());
    } catch {
      // Not reachable now: the page starts empty; words already written go out when it is back.
    }
    this.dropAnswered();
    this.awaitPromised();
    for (const turn of this.outbox) this.add(this.mine(turn, "sending"));
    await this.run();
  }

  recallItems(messages) {
    for (const message of messages) {
      const at = new Date(message.timestamp ?? Date.now());
      if (message.role === "user") {
        this.add({ kind: "mine", key: message.id, text: message.content, at, state: "sent" });
      } else {
        const { content: summary, blocks, cards } = message;
        const reply = { summary, blocks: blocks ?? [], cards: cards ?? [], meta: message.meta ?? { message_id: message.id } };
        this.add({ kind: "theirs", text: summary, reply, at });
      }
    }
  }

  /** A turn that history ends with is shown once: by the outbox, which asks for its reply again. */
  dropAnswered() {
    const first = this.outbox[0]?.question;
    const last = this.items.findLastIndex((item) => item.kind === "mine");
    if (first === undefined || last < 0 || this.items[last].text.trim() !== first) return;
    this.items.length = last;
    this.redraw();
  }

  redraw() {
    this.view.cleared();
    for (const item of this.items) this.view.added(item);
  }

  mine(turn, state) {
    return { kind: "mine", key: turn.key, text: turn.question, at: new Date(turn.at), state };
  }

  add(item) {
    this.items.push(item);
    this.view.added(item);
    return item;
  }

  /**
   * Takes the visitor's words; they are kept on this device until they are answered.
   * `about`: the id of the home from whose page the visitor comes, or null.
   */
  send(text, language, about = null) {
    const turn = { key: newKey(), question: text.trim(), language, about, at: Date.now() };
    if (!turn.question) return;
    this.previous = null;
    this.outbox.push(turn);
    this.store();
    this.add(this.mine(turn, "sending"));
    this.run();
  }

  store() {
    keep("outbox", this.outbox.length ? this.outbox : null);
  }

  async run() {
    if (this.courier) return;
    while (this.outbox.length) {
      const turn = this.outbox[0];
      await this.deliver(turn);
      this.outbox = this.outbox.filter((other) => other.key !== turn.key);
      this.store();
    }
  }

  async deliver(turn) {
    const item = this.items.find((one) => one.key === turn.key);
    const answer = this.add({ kind: "theirs", text: "", interim: "", cards: [], actions: [], reply: null, at: new Date() });
    this.courier = new Courier(this.server);
    try {
      const reply = await this.withSession(turn, item, answer);
      if (reply) this.finish(item, answer, reply);
    } catch (failure) {
      this.fail(item, answer, failure);
    } finally {
      this.courier = null;
    }
  }

  /** A session that has ended is replaced once. */
  async withSession(turn, item, answer) {
    const steps = {
      onEvent: (kind, data) => this.hear(kind, data, { item, answer }),
      onWait: (wait) => this.change(item, { state: "waiting", wait }),
    };
    try {
      return await this.courier.deliver(turn, steps);
    } catch (problem) {
      if (!this.server.session || ![401, 403, 404].includes(problem.status)) throw problem;
      this.server.adopt(null);
      return this.courier.deliver(turn, steps);
    }
  }

  hear(kind, data, { item, answer }) {
    if (kind === "open") this.change(item, { state: "sending", wait: null });
    else if (kind === "meta") {
      this.change(item, { state: "sent" });
      if (data.restart) this.change(answer, { text: "", cards: [], actions: [] });
    }
    else if (kind === "interim") this.change(answer, { interim: data.text });
    else if (kind === "delta") this.change(answer, { interim: "", text: answer.text + data.text });
    else if (kind === "cards") this.change(answer, { cards: data.cards });
    else if (kind === "suggested_actions") this.change(answer, { actions: data.actions });
  }

  change(item, news) {
    Object.assign(item, news);
    this.view.changed(item);
  }

  finish(item, answer, reply) {
    this.change(item, { state: "sent", wait: null });
    this.change(answer, { reply, interim: "", text: reply.summary ?? answer.text, at: new Date() });
    this.awaitPromised();
  }

  /** Matches may come by themselves: after a reply that says so, until homes are shown. */
  awaitPromised() {
    const replies = this.items.filter((item) => item.reply).map((item) => item.reply);
    const last = replies.findLastIndex((reply) => reply.meta.follow_up);
    const isOwed = last >= 0 && !replies.slice(last + 1).some((reply) => reply.cards?.length);
    if (isOwed) this.promised.expect();
    else this.promised.forget();
  }

  /** Shows what the history has beyond this page; true once that was something. */
  async fetchPromised() {
    if (this.courier || !this.server.session) return false;
    const { session } = this.server;
    const messages = await this.server.history().catch(() => []);
    if (this.courier || this.server.session !== session) return false;
    const known = new Set(this.items.map((item) => item.reply?.meta.message_id));
    const last = messages.findLastIndex((message) => known.has(message.id));
    if (last < 0 || last === messages.length - 1) return false;
    this.recallItems(messages.slice(last + 1));
    return true;
  }

  fail(item, answer, failure) {
    if (!(failure instanceof Problem)) console.error(failure); // A bug, not expected trouble.
    this.remove(answer);
    this.change(item, { state: "failed", wait: null, problem: failure });
  }

  remove(item) {
    this.items = this.items.filter((other) => other !== item);
    this.redraw();
  }

  tryNow() {
    this.courier?.patience.hurry();
  }

  /** Takes unsent words back; returns them. */
  takeBack(item) {
    if (this.outbox[0]?.key === item.key) this.courier?.giveUp();
    this.outbox = this.outbox.filter((turn) => turn.key !== item.key);
    this.store();
    this.items = this.items.filter((other) => other !== item && !(other.kind === "theirs" && !other.reply));
    this.redraw();
    return item.text;
  }

  /** A new conversation. The one before can be had back until something is sent. */
  restart() {
    this.courier?.giveUp();
    this.promised.forget();
    this.previous = { session: this.server.session, items: this.items, outbox: this.outbox };
    this.outbox = [];
    this.store();
    this.server.adopt(null);
    this.items = [];
    this.redraw();
  }

  undoRestart() {
    if (!this.previous) return;
    const { session, items, outbox } = this.previous;
    this.previous = null;
    this.server.adopt(session);
    this.items = items.filter((item) => item.kind === "mine" || item.reply);
    this.outbox = outbox;
    this.store();
    this.redraw();
    this.awaitPromised();
    this.run();
  }
}

/** One turn over server-sent events: reading, resuming where it was cut, trying again. */

import { Problem, REFUSED_SITE } from "./session.js";

const SILENCE_MS = 45_000; // The server sends at least a comment every 15 s.
const END_MS = 2000;
const LONGEST_WAIT_S = 30;

function readBlock(block) {
  const event = { kind: "message", data: "", id: null };
  const data = [];
  for (const line of block.split("\n")) {
    const at = line.indexOf(":");
    const name = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? "" : line.slice(at + 1).replace(/^ /, "");
    if (name === "event") event.kind = value;
    else if (name === "data") data.push(value);
    else if (name === "id") event.id = value;
  }
  return data.length ? { ...event, data: data.join("\n") } : null;
}

/** The events of a byte stream, with their data as text. Comments are skipped. */
export async function* parseEvents(bytes, onBytes = () => {}) {
  const reader = bytes.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      // A cut connection is the end of the stream; the caller sees that the reply is missing.
      const { value, done } = await reader.read().catch(() => ({ done: true }));
      if (done) return;
      onBytes();
      rest = (rest + decoder.decode(value, { stream: true })).replaceAll(/\r\n|\r(?=[^])/g, "\n");
      let end;
      while ((end = rest.indexOf("\n\n")) >= 0) {
        const event = readBlock(rest.slice(0, end));
        rest = rest.slice(end + 2);
        if (event) yield event;
      }
    }
  } finally {
    letEnd(reader);
  }
}

/** Waits aside for the server's own end: hanging up at once would look like a visitor who left. */
async function letEnd(reader) {
  const hangUp = setTimeout(() => reader.cancel().catch(() => {}), END_MS);
  try {
    while (!(await reader.read()).done);
  } catch {
    // Cut: nothing more was awaited.
  }
  clearTimeout(hangUp);
}

/** Seconds to wait before try number `tries` (from 1): never earlier than the server asked. */
export function backoff(tries, retryAfter, random = Math.random) {
  const grown = Math.min(LONGEST_WAIT_S, 2 ** Math.min(tries - 1, 6));
  const spread = grown * (0.8 + 0.4 * random());
  return Math.max(retryAfter ?? 0, spread);
}

/** Waits that the visitor can cut short, that show their seconds, and that end when back online. */
export class Patience {
  wait(seconds, onTick) {
    const until = performance.now() + seconds * 1000;
    return new Promise((resolve) => {
      const tick = () => {
        const left = Math.ceil((until - performance.now()) / 1000);
        if (navigator.onLine && left <= 0) this.hurry();
        else onTick({ seconds: Math.max(left, 0), isOffline: !navigator.onLine });
      };
      const timer = setInterval(tick, 250);
      this.hurry = () => {
        clearInterval(timer);
        window.removeEventListener("online", this.hurry);
        resolve();
      };
      window.addEventListener("online", this.hurry);
      tick();
    });
  }

  /** Ends the present wait at once. */
  hurry() {}
}

/** Sends one pending turn until it is answered, refused for good, or given up by the visitor. */
export class Courier {
  constructor(server, patience = new Patience()) {
    this.server = server;
    this.patience = patience;
    this.isGivenUp = false;
    this.current = null;
  }

  giveUp() {
    this.isGivenUp = true;
    this.current?.abort();
    this.patience.hurry();
  }

  /**
   * `turn`: {key, question, language, about}. Calls onEvent(kind, data) in order, each event once, and
   * onWait({seconds, isOffline, status, code}) while waiting. Returns the reply; null when given up.
   * Raises Problem when trying again cannot help.
   */
  async deliver(turn, { onEvent, onWait }) {
    const seen = { last: null, ids: new Set() };
    for (let tries = 1; !this.isGivenUp; tries += 1) {
      try {
        const before = seen.ids.size;
        const reply = await this.attempt(turn, seen, onEvent);
        if (reply) return reply;
        if (seen.ids.size > before) tries = 0; // It moved on: a cut, not a refusal. Resume at once.
        if (tries > 0) throw new Problem(0, { detail: "cut" });
      } catch (problem) {
        if (this.isGivenUp) return null;
        if (!(problem instanceof Problem) || !problem.isPassing) throw problem;
        if (problem.status === 0 && (await this.server.refusesThisSite())) throw new Problem(REFUSED_SITE);
        await this.pause(problem, { tries, onWait });
      }
    }
    return null;
  }

  async pause(problem, { tries, onWait }) {
    const seconds = backoff(tries, problem.retryAfter);
    await this.patience.wait(seconds, (state) => onWait({ ...state, status: problem.status, code: problem.body.error }));
  }

  /** One request; the reply, or null when the stream ended before it. */
  async attempt(turn, seen, onEvent) {
    const request = new AbortController();
    this.current = request;
    let alarm = 0;
    const rearm = () => {
      clearTimeout(alarm);
      alarm = setTimeout(() => request.abort(), SILENCE_MS);
    };
    try {
      rearm();
      const answer = await this.request(turn, seen.last, request.signal);
      onEvent("open", {});
      for await (const event of parseEvents(answer.body, rearm)) {
        const reply = this.take(event, seen, onEvent);
        if (reply) return reply;
      }
    } catch (failure) {
      if (failure.name !== "AbortError") throw failure;
    } finally {
      clearTimeout(alarm);
    }
    return null;
  }

  async request(turn, lastId, signal) {
    const session_id = await this.server.ensureSession(turn.language);
    const headers = { "Idempotency-Key": turn.key, Accept: "text/event-stream" };
    if (lastId !== null) headers["Last-Event-ID"] = lastId;
    const body = { question: turn.question, session_id, language: turn.language };
    if (turn.about) body.about = turn.about;
    return this.server.post("/api/chat/stream", body, { headers, signal });
  }

  take(event, seen, onEvent) {
    if (event.id !== null && seen.ids.has(event.id)) return null;
    if (event.id !== null) {
      seen.ids.add(event.id);
      seen.last = event.id;
    }
    const data = JSON.parse(event.data);
    if (event.kind === "meta" && data.restart) {
      seen.ids.clear(); // All of the reply follows: what came of it so far was of a turn that broke off.
      seen.last = null;
    }
    if (event.kind === "error") throw this.streamProblem(data);
    onEvent(event.kind, data);
    return event.kind === "done" ? data : null;
  }

  streamProblem(data) {
    const problem = data.problem ?? data;
    return new Problem(Number(problem.status) || 500, problem, problem.retry_after ?? null);
  }
}

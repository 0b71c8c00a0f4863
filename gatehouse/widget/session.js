/** The server as the page sees it: where it is, who we are to it, and its small endpoints. */

import { keep, recall } from "./storage.js";

export const REFUSED_SITE = -1; // as a status: the server is there, but not for this site

/** Trouble with a status and what the server said about it; status 0: no answer at all. */
export class Problem extends Error {
  constructor(status, body = {}, retryAfter = null) {
    super(body.detail || body.title || `status ${status}`);
    this.status = status;
    this.body = body;
    this.retryAfter = retryAfter;
  }

  /** May the same request be sent again with the same key? */
  get isPassing() {
    return [0, 408, 409, 425, 429].includes(this.status) || this.status >= 500;
  }
}

async function problemOf(answer) {
  const body = await answer.json().catch(() => ({}));
  const wait = Number.parseInt(answer.headers.get("Retry-After") ?? body.retry_after ?? "", 10);
  return new Problem(answer.status, body ?? {}, Number.isNaN(wait) ? null : wait);
}

export class Server {
  /** `base`: address of the server. On a foreign site a bearer token stands for the cookie. */
  constructor(base) {
    this.base = new URL("/", base).href;
    this.isForeign = new URL(base).origin !== window.location.origin;
    this.session = recall("session");
  }

  /** One request. Raises Problem for any answer that is not a success, and for none. */
  async call(path, { headers = {}, ...rest } = {}) {
    const request = { ...rest, headers: { ...headers }, credentials: this.isForeign ? "omit" : "same-origin", cache: "no-store" };
    if (this.isForeign && this.session?.token) request.headers.Authorization = `Bearer ${this.session.token}`;
    let answer;
    try {
      answer = await fetch(new URL(path, this.base), request);
    } catch (failure) {
      if (failure.name === "AbortError") throw failure;
      throw new Problem(0, { detail: failure.message });
    }
    if (!answer.ok) throw await problemOf(answer);
    return answer;
  }

  post(path, body, extra = {}) {
    const headers = { "Content-Type": "application/json", ...extra.headers };
    return this.call(path, { method: "POST", body: JSON.stringify(body), ...extra, headers });
  }

  /** The session's id, made at the first need. */
  async ensureSession(language) {
    if (this.session) return this.session.session_id;
    const answer = await this.post("/api/chat/sessions", this.isForeign ? { bearer: true, language } : { language });
    const { session_id, token = null } = await answer.json();
    this.adopt({ session_id, token });
    return session_id;
  }

  /** Uses this session from now on; null: the next message makes a new one. */
  adopt(session) {
    this.session = session;
    keep("session", session);
  }

  /** What was said so far, oldest first; nothing when the session is gone. */
  async history() {
    if (!this.session) return [];
    try {
      const answer = await this.call(`/api/chat/history/${encodeURIComponent(this.session.session_id)}`);
      return (await answer.json()).messages ?? [];
    } catch (problem) {
      if (![401, 403, 404].includes(problem.status)) throw problem;
      this.adopt(null);
      return [];
    }
  }

  async feedback(messageId, score, comment = null) {
    const body = { message_id: messageId, score, session_id: this.session?.session_id };
    await this.post("/api/chat/feedback", comment ? { ...body, comment } : body);
  }

  /** Example questions, or null when the server offers none just now. */
  async examples(count, language) {
    try {
      const answer = await this.call(`/api/prompts/examples?n=${count}&lang=${language}`);
      const { examples } = await answer.json();
      return Array.isArray(examples) && examples.length ? examples.map((one) => one.text ?? one.label ?? String(one)) : null;
    } catch {
      return null;
    }
  }

  /** Tells the server what was clicked or how long drawing took. Losing one is no harm. */
  report(event_type, { duration_ms, ...metadata } = {}) {
    const body = { event_type, metadata };
    if (duration_ms !== undefined) body.duration_ms = Math.round(duration_ms * 10) / 10;
    this.post("/api/telemetry/ui", body, { keepalive: true }).catch(() => {});
  }

  /** After no answer at all: is the server there, and only refuses this site? */
  async refusesThisSite() {
    if (!this.isForeign || !navigator.onLine) return false;
    const ownFile = new URL("./tokens.css", import.meta.url); // Any site may read it.
    const isThere = await fetch(ownFile, { credentials: "omit", cache: "no-store" }).then(() => true, () => false);
    if (!isThere) return false;
    return fetch(new URL("/api/prompts/examples?n=1", this.base), { credentials: "omit" }).then(() => false, () => true);
  }
}

/** A reply that was promised: looked for while the page is open, ever more seldom, until it is there. */

const FIRST_MS = 3000;
const LONGEST_MS = 60000;

export class Promised {
  /** `look` answers true once the reply is there. */
  constructor(look) {
    this.look = look;
    this.timer = null;
    this.awaited = 0; // Changes with every promise: a look that comes back late counts for nothing.
    document.addEventListener("visibilitychange", () => this.timer && !document.hidden && this.now());
  }

  expect() {
    this.forget();
    this.pause = FIRST_MS;
    this.plan();
  }

  forget() {
    clearTimeout(this.timer);
    this.timer = null;
    this.awaited += 1;
  }

  plan() {
    this.timer = setTimeout(() => this.now(), this.pause * (0.8 + 0.4 * Math.random()));
  }

  async now() {
    clearTimeout(this.timer);
    this.timer = null;
    const { awaited } = this;
    const isThere = !document.hidden && (await this.look());
    if (awaited !== this.awaited || isThere) return;
    this.pause = Math.min(this.pause * 1.6, LONGEST_MS);
    this.plan();
  }
}

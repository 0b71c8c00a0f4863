/** What every part of the face shares: words, server, saved homes, and what can be done. */

import { homeTitle, isId } from "./about.js";
import { Conversation } from "./conversation.js";
import { keep } from "./storage.js";
import { Texts } from "./texts.js";
import { Frame } from "./view/frame.js";
import { Shortlist } from "./view/shortlist.js";

export class Desk {
  /** `place`: {root, server, theme, limit, name, isPanel, onTheme(theme), onLanguage(language)}. */
  constructor(place) {
    Object.assign(this, place);
    this.shortlist = new Shortlist(this);
    this.conversation = new Conversation(this.server, {
      added: (item) => this.frame.log.added(item),
      changed: (item) => this.frame.log.changed(item),
      cleared: () => this.frame.log.cleared(),
    });
  }

  /** Draws everything in this language; what was said stays as it was. */
  async speak(language) {
    const had = this.frame;
    const wasOpen = had?.launcher && !had.talk.hidden;
    this.texts = await Texts.in(language);
    if (had) keep("language", language);
    this.frame = new Frame(this);
    if (had) had.node.replaceWith(this.frame.node);
    else this.root.querySelector(".ground").append(this.frame.node);
    this.onLanguage(language);
    this.conversation.redraw();
    this.frame.composer.changed();
    if (wasOpen) this.frame.open();
    if (had) this.root.querySelector(".language select").focus();
    this.frame.log.landing.refresh();
  }

  say(text) {
    this.frame.dropOffer();
    this.conversation.send(text, this.texts.language, this.takeAbout());
    this.frame.log.toEnd();
  }

  tryNow() {
    this.conversation.tryNow();
  }

  takeBack(item) {
    this.frame.composer.write(this.conversation.takeBack(item));
    this.frame.composer.focus();
  }

  restart() {
    if (!this.conversation.items.length) return this.frame.composer.focus();
    this.conversation.restart();
    const onUndo = () => this.conversation.undoRestart();
    this.frame.offerUndo(this.texts.say("restarted"), { label: this.texts.say("undo"), onUndo });
    this.frame.composer.focus();
    return this.frame.log.landing.refresh();
  }

  paint(theme) {
    this.theme = theme;
    keep("theme", theme);
    this.onTheme(theme);
  }

  close() {
    this.frame.close();
  }

  announce(text) {
    this.frame.announce(text);
  }

  whisper(text) {
    this.frame.whisper(text);
  }

  focusComposer() {
    this.frame.composer.focus();
  }

  /** Are these the cards that "number 2" means now? */
  isLatest(cards) {
    const shown = this.conversation.items.filter((item) => item.reply?.cards?.length || item.cards?.length).at(-1);
    return shown !== undefined && (shown.reply?.cards === cards || shown.cards === cards);
  }

  drawn(milliseconds) {
    this.server.report("render", { duration_ms: milliseconds });
  }

  /** The home from whose page the visitor comes, for the first message only. */
  takeAbout() {
    const about = this.about ?? null;
    this.about = null;
    if (about) window.history.replaceState(null, "", window.location.pathname); // Asked once.
    return about;
  }

  /** Prepares a question about one home, for the visitor to finish. */
  async askAbout(id) {
    if (isId(id)) this.about = id;
    const title = (await homeTitle(this.server, id)) ?? this.texts.say("this_home");
    this.frame.composer.write(this.texts.say("say_about", { title }));
    this.frame.composer.focus();
  }
}

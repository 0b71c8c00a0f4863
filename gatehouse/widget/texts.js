/** The page's own words, per language. The conversation's words come from the server. */

import { LANGUAGES } from "./texts/languages.js";

const loaded = new Map();

/** The language to begin with: asked for, remembered, or the browser's first that we speak. */
export function chooseLanguage(...wishes) {
  const codes = [...wishes, ...(navigator.languages ?? [navigator.language])];
  const known = codes.filter(Boolean).map((code) => String(code).slice(0, 2).toLowerCase());
  return known.find((code) => code in LANGUAGES) ?? "en";
}

async function fetchWords(language) {
  const address = new URL(`./texts/${language}.json`, import.meta.url);
  const answer = await fetch(address, { credentials: "omit" });
  if (!answer.ok) throw new Error(`texts ${language}: ${answer.status}`);
  return answer.json();
}

function load(language) {
  if (!loaded.has(language)) {
    const words = fetchWords(language);
    loaded.set(language, words);
    words.catch(() => loaded.delete(language));
  }
  return loaded.get(language);
}

/** Texts of one language: `texts.say(key, {name: value})`. */
export class Texts {
  constructor(language, words) {
    this.language = language;
    this.words = words;
    this.plurals = new Intl.PluralRules(language);
    this.direction = LANGUAGES[language].direction;
  }

  static async in(language) {
    return new Texts(language, await load(language));
  }

  /** The text for `key` with `{name}` filled in; where it has plural forms, `values.n` chooses. */
  say(key, values = {}) {
    const found = this.words[key];
    if (found === undefined) throw new Error(`no text "${key}" in ${this.language}`);
    const form = typeof found === "string" ? found : (found[this.plurals.select(values.n)] ?? found.other);
    return form.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
  }

  has(key) {
    return key in this.words;
  }

  /** A list of texts, such as the example questions. */
  list(key) {
    return [...this.words[key]];
  }
}

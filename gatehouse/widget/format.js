/** Numbers, money, dates and sizes as the visitor's language writes them. */

import { LANGUAGES } from "./texts/languages.js";

const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}]/u;
const locale = (language) => LANGUAGES[language].locale;
const PERIODS = { short_term: "per_night", long_term: "per_month" };

/** "rtl" for words of Arabic or Hebrew, "ltr" for other words, null where there are none. */
export function direction(text) {
  if (RIGHT_TO_LEFT.test(text)) return "rtl";
  return /\p{L}/u.test(text) ? "ltr" : null;
}

/** "£850", or the text itself where the server already wrote one. */
export function money(amount, currency, language) {
  if (typeof amount !== "number") return String(amount ?? "");
  const options = { style: "currency", currency: currency || "GBP", maximumFractionDigits: 0 };
  return new Intl.NumberFormat(locale(language), { ...options, currencyDisplay: "narrowSymbol" }).format(amount);
}

/** The unit behind a card's price: "/ night", "/ month", or nothing for a sale. */
export function period(variant, texts) {
  return variant in PERIODS ? texts.say(PERIODS[variant]) : "";
}

export function number(value, language, digits = 1) {
  return new Intl.NumberFormat(locale(language), { maximumFractionDigits: digits }).format(value);
}

export function clockTime(moment, language) {
  return new Intl.DateTimeFormat(locale(language), { hour: "2-digit", minute: "2-digit" }).format(moment);
}

/** "Today 14:05" is the time alone; another day has its date. */
export function stamp(moment, language) {
  const isToday = moment.toDateString() === new Date().toDateString();
  if (isToday) return clockTime(moment, language);
  return new Intl.DateTimeFormat(locale(language), { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(moment);
}

export function day(text, language) {
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime())) return "";
  return new Intl.DateTimeFormat(locale(language), { day: "numeric", month: "long", year: "numeric" }).format(moment);
}

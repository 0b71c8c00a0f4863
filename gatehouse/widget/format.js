/** Numbers, money, dates and sizes as the visitor's language writes them. */

import { LANGUAGES } from "./texts/languages.js";

const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}]/u;
const locale = (language) => LANGUAGES[language].locale;
const PERIODS = { short_term: "per_night", long_term: "per_month" };

/** "rtl" for words of Arabic or Hebrew, "ltr" for others and for numbers to call, else null. */
export function direction(text) {
  if (RIGHT_TO_LEFT.test(text)) return "rtl";
  return /\p{L}|^\s*\+\d/u.test(text) ? "ltr" : null;
}

/** "£" for GBP in every language; some locales would write "£UK". */
function sign(currency) {
  const parts = new Intl.NumberFormat("en", { style: "currency", currency, currencyDisplay: "narrowSymbol" }).formatToParts(0);
  return parts.find((part) => part.type === "currency").value;
}

/** "£850", or the text itself where the server already wrote one. */
export function money(amount, currency, language) {
  if (typeof amount !== "number") return String(amount ?? "");
  const options = { style: "currency", currency: currency || "GBP", maximumFractionDigits: 0, currencyDisplay: "narrowSymbol" };
  const parts = new Intl.NumberFormat(locale(language), options).formatToParts(amount);
  return parts.map((part) => (part.type === "currency" ? sign(options.currency) : part.value)).join("");
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

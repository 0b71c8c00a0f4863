/** The languages of the page, as data: own name, locale of figures and days, direction of writing. */

export const LANGUAGES = {
  en: { name: "English", locale: "en-GB", direction: "ltr" }, // Prices are in pounds; so are the days before the months.
  tr: { name: "Türkçe", locale: "tr", direction: "ltr" },
  ru: { name: "Русский", locale: "ru", direction: "ltr" },
  uk: { name: "Українська", locale: "uk", direction: "ltr" },
  de: { name: "Deutsch", locale: "de", direction: "ltr" },
  pl: { name: "Polski", locale: "pl", direction: "ltr" },
  fr: { name: "Français", locale: "fr", direction: "ltr" },
  ar: { name: "العربية", locale: "ar-u-nu-latn", direction: "rtl" }, // The digits of prices and phone numbers on the island.
};

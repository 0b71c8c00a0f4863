"""Two hundred messages of home seekers, written once in each of the eight languages.

`gold.txt` holds, by number, the situation, the slot changes and (for other figures) intents,
references and questions that every language's wording of that message means; `<language>.txt`
holds the wording. They were written by hand from what a person would understand, before any
answer of the ear was looked at, and without its lexica. Odd numbers are for developing: their
failures may be read and learnt from. Even numbers only measure: whoever writes a lexicon looks
at their figures and never at their messages.
"""

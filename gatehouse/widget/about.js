/** `?about=<id>`: a visitor comes from the page of a home and wants to ask about it. */

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Can this be the id of a home? */
export function isId(text) {
  return ID.test(text);
}

/** The title of that home as its own page says it, or null. */
export async function homeTitle(server, id) {
  try {
    const answer = await server.call(`/homes/${encodeURIComponent(id)}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector("h1")?.textContent.trim() || null;
  } catch {
    return null;
  }
}

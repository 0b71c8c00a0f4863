// Levers open in a dialog on the same page; without JavaScript they are pages of their own.

const dialog = document.querySelector("#asking");

export const isAsking = () => Boolean(dialog?.open);

async function ask(address) {
  const reply = await fetch(address, { headers: { accept: "text/html" } });
  if (reply.redirected) {
    location.assign(address);
    return;
  }
  show(await reply.text());
}

function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const asked = page.querySelector("#asked");
  if (!asked) {
    location.reload();
    return;
  }
  dialog.replaceChildren(document.importNode(asked, true));
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("[autofocus]")?.focus();
}

async function send(form) {
  const button = form.querySelector("button");
  button.disabled = true;
  const body = new URLSearchParams(new FormData(form));
  const reply = await fetch(form.action, { method: "POST", body });
  if (reply.redirected) {
    location.assign(reply.url);
    return;
  }
  show(await reply.text());
}

export function watchLevers() {
  if (!dialog?.showModal) return;
  document.addEventListener("click", (event) => {
    const lever = event.target.closest("a[data-lever]");
    if (lever && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
      event.preventDefault();
      ask(lever.href).catch(() => location.assign(lever.href));
    } else if (event.target.closest("[data-close]") && dialog.open) {
      event.preventDefault();
      dialog.close();
    }
  });
  dialog.addEventListener("submit", (event) => {
    event.preventDefault();
    send(event.target).catch(() => event.target.submit());
  });
}

// The page's frame works without this file. Menus are <details>: with it, Escape or a click elsewhere closes an open one.
const openMenus = () => document.querySelectorAll("details.pop[open], details.menu[open]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    const held = menu.contains(document.activeElement);
    menu.open = false;
    if (held) menu.querySelector("summary").focus();
  }
});

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// On a phone the open tab may stand outside the window.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// What is being fetched anew says so; what could not be asked for is told in the message area.
const busy = (event) => event.detail.target?.setAttribute("aria-busy", event.type === "htmx:beforeRequest");
document.addEventListener("htmx:beforeRequest", busy);
document.addEventListener("htmx:afterRequest", busy);
document.addEventListener("htmx:sendError", () => {
  const area = document.querySelector("#messages");
  const note = document.createElement("p");
  note.className = "note bad";
  note.textContent = area.dataset.down;
  area.replaceChildren(note);
});

// Whoever signs out leaves nothing that they typed on this device.
document.addEventListener("submit", ({ target }) => {
  if (!target.action.endsWith("/logout/")) return;
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith("draft:")) localStorage.removeItem(key);
  } catch {}
});

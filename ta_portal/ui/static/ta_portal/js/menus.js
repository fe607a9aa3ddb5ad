// Menus are <details>, which work without this file. With it, Escape or a click elsewhere closes an open one.
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

// Whoever signs out leaves nothing that they typed on this device.
document.addEventListener("submit", ({ target }) => {
  if (!target.action.endsWith("/logout/")) return;
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith("draft:")) localStorage.removeItem(key);
  } catch {}
});

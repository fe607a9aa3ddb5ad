// Keeps a form while it is typed: on the portal, and on this device only while the portal cannot be reached.
// The form works without this file. What the reader is told comes from the page and from the portal, in their language.
const box = document.querySelector("#draft");
const form = box.closest("form");
const place = `draft:${box.dataset.owner}:${location.pathname}`;
const unsaid = ["csrfmiddlewaretoken", "form_ticket", "row_version", "draft_after"];
const button = (name) => box.querySelector(`[data-draft=${name}]`);
let timer, pending, busy, stopped, wait = 2000;

const typed = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !unsaid.includes(name));

const say = (words, ...shown) => {
  box.hidden = false;
  box.querySelector("p").textContent = words;
  for (const one of box.querySelectorAll("button")) one.hidden = !shown.includes(one.dataset.draft);
};

const onDevice = () => {
  try {
    return JSON.parse(localStorage.getItem(place));
  } catch {
    return null;
  }
};

const toDevice = () => {
  if ("shared" in box.dataset) return box.dataset.notKept;
  try {
    localStorage.setItem(place, JSON.stringify(typed()));
    return box.dataset.down;
  } catch {
    return box.dataset.lost;
  }
};

const clearDevice = () => {
  try {
    localStorage.removeItem(place);
  } catch {}
};

// A saving that was not answered is asked again as it was, under its key: the portal takes it once.
const saving = () => {
  const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  body.set("draft_key", Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16)).join(""));
  return body;
};

async function save() {
  clearTimeout(timer);
  if (busy || stopped) return;
  busy = true;
  const before = JSON.stringify(typed());
  const again = Boolean(pending);
  pending ??= saving();
  try {
    // A request that may outlive its page carries 64 KiB at most.
    const keepalive = pending.toString().length < 60000;
    const reply = await fetch(location.href, { method: "POST", body: pending, keepalive });
    const told = await reply.json();
    pending = null;
    if (reply.ok) {
      form.elements.draft_after.value = told.key;
      clearDevice();
      say(told.said);
      wait = 2000;
    } else {
      stopped = reply.status === 409;
      toDevice();
      say(told.said, stopped && "compare");
    }
  } catch {
    say(toDevice());
    timer = setTimeout(save, wait);
    wait = Math.min(wait * 2, 30000);
    return;
  } finally {
    busy = false;
  }
  if (again || before !== JSON.stringify(typed())) timer = setTimeout(save, 800);
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(save, 800);
});
document.addEventListener("visibilitychange", () => document.hidden && timer && save());
addEventListener("online", () => pending && save());
form.addEventListener("submit", () => {
  stopped = true;
  clearTimeout(timer);
});

button("restore").addEventListener("click", () => {
  const found = onDevice() ?? [];
  for (const one of form.elements) {
    if (!one.name || unsaid.includes(one.name) || one.type === "file" || one.type === "submit") continue;
    const values = found.filter(([name]) => name === one.name).map(([, value]) => value);
    if (one.type === "checkbox" || one.type === "radio") one.checked = values.includes(one.value);
    else if (one.type !== "hidden") one.value = values[0] ?? "";
  }
  save();
});
button("drop").addEventListener("click", () => {
  clearDevice();
  box.hidden = true;
});

const found = onDevice();
if (found && JSON.stringify(found) !== JSON.stringify(typed())) say(box.dataset.found, "restore", "drop");
else clearDevice();

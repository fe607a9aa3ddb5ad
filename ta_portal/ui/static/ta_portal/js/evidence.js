// Sends chosen files at once and in slices, so that a cut line costs one slice. The form takes files without this as well.
// What the reader is told comes from the page and from the portal, in their language.
const box = document.querySelector("#evidence");
const form = box.closest("form");
const [input, list, bar] = ["[type=file]", "ul", "progress"].map((one) => box.querySelector(one));
const [state, wrong] = ["status", "alert"].map((role) => box.querySelector(`[role=${role}]`));
const SLICE = 262144, WIDEST = 1600, WAITS = [2, 4, 8, 30];
const waiting = [];
let busy, pressed;

const refuse = (said) => {
  wrong.hidden = false;
  wrong.append(`${said} `);
};

const rest = (seconds) =>
  new Promise((go) => {
    setTimeout(go, seconds * 1000);
    addEventListener("online", go, { once: true });
  });

// A photo is made smaller on the device: nobody reads more of it than this.
async function shrunk(file) {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
  try {
    const picture = await createImageBitmap(file);
    const ratio = WIDEST / Math.max(picture.width, picture.height);
    if (ratio >= 1) return file;
    const canvas = document.createElement("canvas");
    canvas.width = picture.width * ratio;
    canvas.height = picture.height * ratio;
    const paper = canvas.getContext("2d");
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const small = await new Promise((go) => canvas.toBlob(go, "image/jpeg", 0.85));
    return small.size < file.size ? new File([small], `${file.name.replace(/\.\w+$/, "")}.jpg`) : file;
  } catch {
    return file;
  }
}

// The answer; what is thrown with words is the portal's refusal, without them the line's.
async function ask(address, method, body, headers) {
  const token = form.elements.csrfmiddlewaretoken.value;
  const reply = await fetch(address, { method, body, redirect: "manual", headers: { ...headers, "X-CSRFToken": token } });
  // Signed out, or signed in anew in another tab.
  if (reply.type === "opaqueredirect" || reply.status === 403) throw { said: box.dataset.ended };
  if (reply.status >= 500) throw new Error(reply.status);
  if (reply.ok) return reply;
  const told = await reply.json().catch(() => ({}));
  throw { said: told.said ?? box.dataset.failed };
}

const offsetOf = (reply) => Number(reply.headers.get("Upload-Offset"));

async function send({ file, about }) {
  file = await shrunk(file);
  const bytes = await file.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const about_it = new URLSearchParams({ name: file.name, size: file.size, sha256, about });
  let address, offset, tries = 0;
  const show = () => {
    state.textContent = `${box.dataset.sending} ${file.name}`;
    bar.hidden = false;
    bar.max = file.size;
    bar.value = offset;
  };
  for (;;) {
    try {
      if (address) offset = offsetOf(await ask(address, "HEAD"));
      else ({ address, offset } = await (await ask(box.dataset.begin, "POST", about_it)).json());
      for (show(); offset < file.size; show()) {
        const slice = bytes.slice(offset, offset + SLICE);
        offset = offsetOf(await ask(address, "PATCH", slice, { "Upload-Offset": offset }));
        tries = 0;
      }
      const { key, html } = await (await ask(address, "POST")).json();
      if (!list.querySelector(`[value="${key}"]`)) list.insertAdjacentHTML("beforeend", html);
      return;
    } catch (error) {
      if (error.said) return refuse(error.said);
      state.textContent = box.dataset.cut;
      await rest(WAITS[Math.min(tries++, 3)]);
    }
  }
}

async function sendAll() {
  if (busy) return;
  busy = true;
  while (waiting.length) await send(waiting.shift());
  busy = false;
  state.textContent = "";
  bar.hidden = true;
  if (pressed && wrong.hidden) form.requestSubmit(pressed);
  pressed = null;
}

// Only where the page may count a file's hash; else the form sends files as it does without this.
if (globalThis.crypto?.subtle) {
  box.querySelector("[value=attach]").hidden = true;
  input.addEventListener("change", () => {
    wrong.hidden = true;
    wrong.textContent = "";
    const about = box.querySelector("select").value;
    waiting.push(...[...input.files].map((file) => ({ file, about })));
    input.value = "";
    sendAll();
  });
  // Whoever sends the report waits for its files.
  form.addEventListener(
    "submit",
    (event) => {
      if (!busy) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      pressed = event.submitter;
    },
    { capture: true },
  );
}

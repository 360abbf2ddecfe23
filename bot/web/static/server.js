// All that goes between the page and our own server, each under the address of the call's link.

let path = location.pathname;
let toldOf = false; // whether a call was put through whose end the server has not been told

export function here() {
  return path;
}

// The next call has a link of its own.
export function move(next) {
  path = next;
  toldOf = false;
  history.replaceState(null, "", path);
}

export async function post(what, body) {
  try {
    const response = await fetch(`${path}/${what}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body ?? {}),
    });
    const answer = { ok: response.ok, status: response.status, ...(await response.json()) };
    if (what === "start" && answer.ok) toldOf = true;
    return answer;
  } catch {
    return { ok: false, status: 0, error: "There seems to be no connection to this page. Try again when there is." };
  }
}

// Gets out also of a page that is being closed.
export function tellEnd() {
  if (toldOf) navigator.sendBeacon(`${path}/end`, new Blob(["{}"], { type: "application/json" }));
  toldOf = false;
}

// What reaches a call from elsewhere, such as /whisper and /hangup in the chat. A source that was cut off comes
// back by itself and gets what it missed; what the server closed for good stays closed. Returns how to end it.
export function listen({ update, hangUp }) {
  const source = new EventSource(`${path}/events`);
  source.addEventListener("update", ({ data }) => update(JSON.parse(data).text));
  source.addEventListener("hang_up", () => hangUp());
  source.addEventListener("moved", () => source.close()); // another page of this browser listens now
  return () => source.close();
}

// The connection to the coach: comes back by itself, waiting a little longer each time.
const WAITS_MS = [300, 700, 1500, 3000, 5000];
const MOVED = 4001;

export class LiveSocket {
  // resume: () => the id of the set that is open, or ""; on: {message, lost, moved}
  constructor(resume, on) {
    this.resume = resume;
    this.asking = false;
    this.on = on;
    this.tries = 0;
    this.wanted = false;
    this.socket = null;
    this.timer = 0;
  }

  get open() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  async connect() {
    this.wanted = true;
    window.clearTimeout(this.timer);
    if (this.asking || (this.socket && this.socket.readyState <= WebSocket.OPEN)) return;
    this.asking = true;
    const token = await freshToken();
    this.asking = false;
    if (!this.wanted) return;
    if (token === null) this.again();
    else this.openWith(token);
  }

  openWith(token) {
    const scheme = window.location.protocol === "https:" ? "wss" : "ws";
    const query = new URLSearchParams({ token, resume: this.resume() });
    const socket = new WebSocket(`${scheme}://${window.location.host}/live/ws?${query}`);
    this.socket = socket;
    socket.onmessage = (event) => {
      this.tries = 0;
      this.on.message(JSON.parse(event.data));
    };
    socket.onclose = (event) => {
      if (this.socket !== socket || !this.wanted) return;
      if (event.code === MOVED) {
        this.wanted = false;
        this.on.moved();
        return;
      }
      this.again();
    };
  }

  again() {
    const wait = WAITS_MS[Math.min(this.tries, WAITS_MS.length - 1)];
    this.tries += 1;
    this.on.lost(this.tries);
    this.timer = window.setTimeout(() => this.connect(), wait);
  }

  send(data) {
    if (!this.open) return false;
    this.socket.send(data);
    return true;
  }

  close() {
    this.wanted = false;
    window.clearTimeout(this.timer);
    this.socket?.close();
    this.socket = null;
  }
}

// A token that opens the socket; null where the coach does not answer.
async function freshToken() {
  try {
    const answer = await fetch(`${window.location.origin}/live/token`, { cache: "no-store" });
    return answer.ok ? (await answer.json()).token : null;
  } catch {
    return null;
  }
}

// The connection to the coach: comes back by itself, waiting a little longer each time.
const WAITS_MS = [300, 700, 1500, 3000, 5000];
const MOVED = 4001;

export class LiveSocket {
  // query: () => ({token, resume}); on: {message, lost, moved}
  constructor(query, on) {
    this.query = query;
    this.on = on;
    this.tries = 0;
    this.wanted = false;
    this.socket = null;
    this.timer = 0;
  }

  get open() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  connect() {
    this.wanted = true;
    window.clearTimeout(this.timer);
    if (this.socket && this.socket.readyState <= WebSocket.OPEN) return;
    const scheme = window.location.protocol === "https:" ? "wss" : "ws";
    const query = new URLSearchParams(this.query());
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
      const wait = WAITS_MS[Math.min(this.tries, WAITS_MS.length - 1)];
      this.tries += 1;
      this.on.lost(this.tries);
      this.timer = window.setTimeout(() => this.connect(), wait);
    };
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

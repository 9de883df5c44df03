// SPDX-License-Identifier: Apache-2.0
// Speaks the messages of Coinhive's family from a page, without hashing: workers wait as long as hashing would take.
// The page's address carries the settings behind its '#', which no server is told.
(() => {
  "use strict";

  const RECONNECT_MS = 3000;
  const VERIFIED_CHARACTERS = 145; // measured, see lab/miners/coinhive.py

  // Runs in a worker: timers of a hidden page are slowed down, those of its workers are not.
  function work() {
    let state = 0, hashesPerMs = 0, timer = 0;

    // mulberry32: same seed, same waits.
    function random() {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    }

    function hex(digits) {
      let text = "";
      while (text.length < digits) text += Math.floor(random() * 16).toString(16);
      return text;
    }

    function search(difficulty) {
      timer = setTimeout(() => {
        postMessage({ nonce: hex(8), result: hex(64) });
        search(difficulty);
      }, (-Math.log(1 - random()) * difficulty) / hashesPerMs);
    }

    onmessage = ({ data }) => {
      if (data.seed !== undefined) [state, hashesPerMs] = [data.seed, data.hashesPerS / 1000];
      clearTimeout(timer);
      if (data.difficulty) search(data.difficulty);
    };
  }

  // 32 or 64 bits, little-endian.
  function difficultyOf(target) {
    return 2 ** (4 * target.length) / parseInt(target.match(/../g).reverse().join(""), 16);
  }

  const settings = JSON.parse(decodeURIComponent(location.hash.slice(1)) || "null");
  if (!settings) return;
  const source = URL.createObjectURL(new Blob([`(${work})()`], { type: "text/javascript" }));
  const workers = Array.from({ length: settings.threads }, (_, number) => {
    const worker = new Worker(source);
    const hashesPerS = settings.hashes_per_s_and_thread * (1 - settings.throttle);
    worker.postMessage({ seed: settings.seed + number, hashesPerS });
    worker.onmessage = ({ data }) => submit(data);
    return worker;
  });
  let socket = null, job = null, difficulty = 0;

  function send(type, params) {
    const text = JSON.stringify({ type, params });
    if (socket.readyState === WebSocket.OPEN) socket.send(settings.in_base64 ? btoa(text) : text);
  }

  function submit({ nonce, result }) {
    if (job) send("submit", { version: settings.version, job_id: job.job_id, nonce, result });
  }

  const answers = {
    job(params) {
      job = params;
      const fresh = difficultyOf(job.target);
      if (fresh !== difficulty) workers.forEach((worker) => worker.postMessage({ difficulty: fresh }));
      difficulty = fresh;
    },
    verify({ verify_id }) {
      const empty = JSON.stringify({ type: "verified", params: { verify_id, verified: true, result: "" } });
      const result = "0".repeat(VERIFIED_CHARACTERS - empty.length);
      const answer = () => send("verified", { verify_id, verified: true, result });
      setTimeout(answer, 1000 / settings.hashes_per_s_and_thread);
    },
  };

  function connect() {
    socket = new WebSocket(settings.url);
    socket.onopen = () => send("auth", settings.auth);
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(settings.in_base64 ? atob(data) : data);
      if (message.type in answers) answers[message.type](message.params);
    };
    socket.onclose = () => {
      job = null;
      difficulty = 0;
      workers.forEach((worker) => worker.postMessage({ difficulty: 0 }));
      setTimeout(connect, RECONNECT_MS);
    };
  }

  // The libraries' usual mode: of all tabs of a site, one mines.
  if (settings.one_tab) navigator.locks.request("miner", () => new Promise(connect));
  else connect();
})();

// A client for PostgreSQL, as much of one as this application takes: it signs in with a password
// (SCRAM-SHA-256 or MD5) and runs statements with parameters, one after the other.
"use strict";
const crypto = require("node:crypto");
const net = require("node:net");

const text = (value) => Buffer.from(`${value}\0`);
const int16 = (value) => { const b = Buffer.alloc(2); b.writeInt16BE(value); return b; };
const int32 = (value) => { const b = Buffer.alloc(4); b.writeInt32BE(value); return b; };
const md5 = (...parts) => crypto.createHash("md5").update(Buffer.concat(parts)).digest("hex");
const hmac = (key, value) => crypto.createHmac("sha256", key).update(value).digest();

function message(type, ...parts) {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

// The client's side of SCRAM-SHA-256: the first message, and the answer to the server's first.
function scram(password) {
  const nonce = crypto.randomBytes(18).toString("base64");
  const first = `n=,r=${nonce}`;
  return {
    first: `n,,${first}`,
    final(challenge) {
      const part = Object.fromEntries(challenge.split(",").map((p) => [p[0], p.slice(2)]));
      const salt = Buffer.from(part.s, "base64");
      const salted = crypto.pbkdf2Sync(password, salt, Number(part.i), 32, "sha256");
      const clientKey = hmac(salted, "Client Key");
      const stored = crypto.createHash("sha256").update(clientKey).digest();
      const last = `c=biws,r=${part.r}`;
      const signature = hmac(stored, `${first},${challenge},${last}`);
      const proof = clientKey.map((byte, index) => byte ^ signature[index]);
      return `${last},p=${Buffer.from(proof).toString("base64")}`;
    },
  };
}

// What the server says went wrong: the text of the "M" field of an error.
function errorOf(body) {
  const field = body.toString().split("\0").find((entry) => entry[0] === "M");
  return new Error(`postgres: ${field ? field.slice(1) : "unknown error"}`);
}

// The columns of one row, as texts or null.
function rowOf(body) {
  const row = [];
  let at = 2;
  for (let left = body.readInt16BE(0); left > 0; left--) {
    const length = body.readInt32BE(at);
    at += 4;
    row.push(length < 0 ? null : body.toString("utf8", at, at + length));
    at += Math.max(length, 0);
  }
  return row;
}

// Opens a connection; rejects when none can be made or the server does not take the password.
function connect({ host, port, user, password, database }) {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port });
    const exchange = scram(password);
    const queue = [];
    let alive = true;
    let ready = false;
    let received = Buffer.alloc(0);
    let rows = [];
    let failure = null;

    const fail = (error) => {
      alive = false;
      socket.destroy();
      reject(error);
      for (const request of queue.splice(0)) request.reject(error);
    };
    const password_ = (...parts) => socket.write(message("p", ...parts));
    const authentication = {
      0: () => {},
      3: () => password_(text(password)),
      5: (body) => {
        const inner = Buffer.from(md5(Buffer.from(password), Buffer.from(user)));
        password_(text(`md5${md5(inner, body.subarray(4, 8))}`));
      },
      10: () => {
        const first = Buffer.from(exchange.first);
        password_(text("SCRAM-SHA-256"), int32(first.length), first);
      },
      11: (body) => password_(Buffer.from(exchange.final(body.toString("utf8", 4)))),
      12: () => {},
    };
    const handlers = {
      R: (body) => authentication[body.readInt32BE(0)](body),
      D: (body) => rows.push(rowOf(body)),
      E: (body) => (ready ? (failure = errorOf(body)) : fail(errorOf(body))),
      Z: () => {
        if (!ready) {
          ready = true;
          return resolve({ query, isAlive: () => alive });
        }
        const request = queue.shift();
        if (failure) request.reject(failure);
        else request.resolve(rows);
        rows = [];
        failure = null;
        if (queue.length) socket.write(queue[0].packet);
      },
    };

    socket.once("error", fail);
    socket.once("close", () => fail(new Error("postgres closed the connection")));
    socket.once("connect", () => {
      const body = Buffer.concat([
        int32(196608), text("user"), text(user), text("database"), text(database), Buffer.alloc(1),
      ]);
      socket.write(Buffer.concat([int32(body.length + 4), body]));
    });
    socket.on("data", (data) => {
      received = Buffer.concat([received, data]);
      while (received.length >= 5 && received.length > received.readInt32BE(1)) {
        const length = received.readInt32BE(1) + 1;
        const type = String.fromCharCode(received[0]);
        const body = received.subarray(5, length);
        received = received.subarray(length);
        handlers[type]?.(body);
      }
    });

    // Runs one statement with $1, $2 … for `values`; resolves to its rows.
    function query(statement, values = []) {
      const bound = values.map((value) => {
        const bytes = Buffer.from(String(value));
        return Buffer.concat([int32(bytes.length), bytes]);
      });
      const packet = Buffer.concat([
        message("P", text(""), text(statement), int16(0)),
        message("B", text(""), text(""), int16(0), int16(values.length), ...bound, int16(0)),
        message("E", text(""), int32(0)),
        message("S"),
      ]);
      return new Promise((resolveRows, rejectRows) => {
        if (!alive) return rejectRows(new Error("postgres is not connected"));
        queue.push({ packet, resolve: resolveRows, reject: rejectRows });
        if (queue.length === 1) socket.write(packet);
      });
    }
  });
}

module.exports = { connect };

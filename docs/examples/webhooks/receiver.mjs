// Take Relevo's webhooks with the official package: node receiver.mjs FOLDER
//
// FOLDER holds `secrets`, one a line; what was verified is appended to `events.jsonl`, each event
// once. A status written to `answer` is answered instead of 204, to see how that is dealt with.

import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

import { Webhook } from "standardwebhooks";

const folder = process.argv[2];
const seen = new Set();

// Whether one of the secrets signed exactly these bytes, within the last five minutes.
function verified(body, headers) {
  const secrets = readFileSync(join(folder, "secrets"), "utf8").split(/\s+/).filter(Boolean);
  return secrets.some((secret) => {
    try {
      new Webhook(secret).verify(body, headers);
      return true;
    } catch {
      return false;
    }
  });
}

function taken(body, headers) {
  if (!verified(body, headers)) return 400;
  const answer = join(folder, "answer");
  if (existsSync(answer)) return Number(readFileSync(answer, "utf8"));
  // The same id may come again: after a retry that was not needed, and after a replay.
  const id = headers["webhook-id"];
  if (!seen.has(id)) {
    seen.add(id);
    appendFileSync(join(folder, "events.jsonl"), JSON.stringify({ id, ...JSON.parse(body) }) + "\n");
  }
  return 204;
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    response.statusCode = taken(Buffer.concat(chunks).toString("utf8"), request.headers);
    response.end();
  });
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));

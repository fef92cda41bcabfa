// Send one message, then follow it to its end: node send.mjs +34612345001 order-4711
// Needs Node 18 and the variables RELEVO_URL and RELEVO_KEY; nothing is to be installed.
const { RELEVO_URL, RELEVO_KEY } = process.env;
const [to, order] = process.argv.slice(2);
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function call(path, body, headers = {}) {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const answer = await fetch(RELEVO_URL + path, {
      method: body ? "POST" : "GET",
      headers: { Authorization: `Bearer ${RELEVO_KEY}`, "Content-Type": "application/json", ...headers },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    }).catch(() => null);
    if (answer?.ok) return answer.json();
    if (answer && ![429, 500, 503].includes(answer.status)) {
      const problem = await answer.json();
      throw new Error(`${problem.code}: ${problem.detail} See ${problem.type}`);
    }
    // Repeating is safe: with the same Idempotency-Key nothing is sent twice.
    await pause(Number(answer?.headers.get("Retry-After") ?? 2 ** attempt));
  }
  throw new Error("No answer after five attempts.");
}

const message = await call(
  "/api/v1/messages/send",
  { to, text: "Su pedido sale hoy", clientReference: order },
  { "Idempotency-Key": order },
);
let status = await call(message.links.status);
while (!status.final) {
  await pause(1);
  status = await call(message.links.status);
}
for (const attempt of status.attempts) {
  console.log(`${attempt.carrier} (${attempt.list}): ${attempt.status}`);
}
console.log(status.status);

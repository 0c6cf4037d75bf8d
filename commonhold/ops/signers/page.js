// The page of a wallet: finds it (EIP-6963, else EIP-1193's window.ethereum), connects it, has it send each
// transaction that the command on this computer has prepared, and gives the hash back. Text is only ever set as
// text.

const WORDS = {
  4001: "You declined in the wallet. Nothing was sent.",
  4100: "The wallet does not let this page use the account. Connect it to this page in the wallet.",
  4900: "The wallet has no connection to any network.",
  4901: "The wallet has no connection to this network. Choose it in the wallet.",
  4902: "The wallet does not know this network. Add it in the wallet, then try again.",
  [-32002]: "The wallet is still waiting for an answer. Open it and answer there, then try again.",
};
const PAUSE = 400;
const STORE = "commonhold-session";

const byId = (id) => document.getElementById(id);
const say = (text) => (byId("status").textContent = text);
const sleep = (time) => new Promise((done) => setTimeout(done, time));

let key = location.hash.slice(1) || sessionStorage.getItem(STORE) || "";
let community = { chain: 0, network: "" };
let provider = null;
let account = "";

async function ask(name, body = {}) {
  const answer = await fetch(`/api/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Commonhold-Key": key },
    body: JSON.stringify(body),
  });
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.problem);
  return content;
}

function buttons(choices) {
  return new Promise((chosen) => {
    const place = byId("buttons");
    place.replaceChildren();
    for (const choice of choices) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = choice;
      button.addEventListener("click", () => {
        place.replaceChildren();
        chosen(choice);
      });
      place.append(button);
    }
  });
}

function inWords(error) {
  return WORDS[error?.code] ?? `The wallet says: ${error?.message ?? error}`;
}

// ---- wallets

async function findWallets() {
  const found = new Map();
  addEventListener("eip6963:announceProvider", (event) => {
    const { info, provider: announced } = event.detail ?? {};
    if (info?.uuid && typeof announced?.request === "function") found.set(info.uuid, { name: String(info.name), provider: announced });
  });
  while (true) {
    dispatchEvent(new Event("eip6963:requestProvider"));
    await sleep(300);
    if (found.size === 0 && typeof window.ethereum?.request === "function") {
      found.set("one", { name: "the wallet of this browser", provider: window.ethereum });
    }
    if (found.size > 0) return [...found.values()];
    say("No wallet was found in this browser.");
    await buttons(["Look again"]);
  }
}

async function connect(wallets) {
  while (true) {
    say("Which wallet signs?");
    const names = wallets.map((wallet) => `Connect ${wallet.name}`);
    const chosen = wallets[names.indexOf(await buttons(names))];
    try {
      say("Look into the wallet: it asks whether this page may see your account.");
      const accounts = await chosen.provider.request({ method: "eth_requestAccounts" });
      await rightChain(chosen.provider);
      const answer = await ask("connected", { address: accounts[0], chain: community.chain });
      if (!answer.problem) {
        provider = chosen.provider;
        account = answer.address;
        byId("where").textContent = `${community.network}, chain ${community.chain}, account ${account}`;
        return;
      }
      say(answer.problem);
    } catch (error) {
      say(inWords(error));
    }
    await buttons(["Try again"]);
  }
}

async function rightChain(wallet) {
  const wanted = `0x${community.chain.toString(16)}`;
  if (Number(await wallet.request({ method: "eth_chainId" })) === community.chain) return;
  say("The wallet is on another network: it asks whether it may change.");
  await wallet.request({ method: "wallet_switchEthereumChain", params: [{ chainId: wanted }] });
  if (Number(await wallet.request({ method: "eth_chainId" })) !== community.chain) {
    throw { code: 4901 };
  }
}

// ---- transactions

function show(task) {
  byId("title").textContent = task.place ? `${task.title} (${task.place})` : task.title;
  const lines = byId("lines");
  lines.replaceChildren();
  for (const [name, value] of task.lines) {
    const term = document.createElement("dt");
    const text = document.createElement("dd");
    term.textContent = name;
    text.textContent = value;
    lines.append(term, text);
  }
  byId("task").hidden = false;
}

// What was sent must not be sent again because its hash was not taken.
async function hand(id, hash) {
  for (let tries = 0; tries < 5; tries++) {
    try {
      return await ask("answer", { id, hash });
    } catch {
      await sleep(PAUSE);
    }
  }
}

async function send(task) {
  show(task);
  while (true) {
    try {
      await rightChain(provider);
      say("Look into the wallet: compare, then confirm or decline there.");
      const hash = await provider.request({ method: "eth_sendTransaction", params: [task.request] });
      await hand(task.id, hash);
      const line = document.createElement("li");
      line.textContent = `${task.title} ${hash}`;
      byId("sent").append(line);
      say("Sent. Waiting until it is mined…");
      break;
    } catch (error) {
      say(inWords(error));
      if ((await buttons(["Try again", "Stop"])) === "Stop") {
        await ask("answer", { id: task.id, code: error?.code ?? null, message: String(error?.message ?? error) });
        say("Stopped. Nothing more is sent.");
        break;
      }
    }
  }
  byId("task").hidden = true;
}

async function serve() {
  say("Connected. Waiting for what there is to sign…");
  let last = 0;
  while (true) {
    const { task, done } = await ask("next");
    if (done) return say("Done. You can close this page.");
    if (task && task.id !== last) {
      last = task.id;
      await send(task);
    }
    await sleep(PAUSE);
  }
}

async function main() {
  history.replaceState(null, "", location.pathname);
  try {
    community = await ask("claim");
    key = community.session;
    sessionStorage.setItem(STORE, key);
  } catch (error) {
    return say(error.message);
  }
  byId("where").textContent = `${community.network}, chain ${community.chain}`;
  await connect(await findWallets());
  try {
    await serve();
  } catch {
    say("The command has ended. You can close this page.");
  }
}

main();

"use strict";
// Sorting, filtering, and the pages of apps and users. Every text from the report goes through
// textContent, so whatever a name holds stays a text.
(() => {
  const root = document.documentElement;
  const byID = (id) => document.getElementById(id);
  const holder = byID("data");
  const data = holder ? JSON.parse(holder.textContent) : { apps: [], users: [], names: [] };

  // Theme

  const keep = (theme) => { try { localStorage.setItem("logveil-theme", theme); } catch { /* none */ } };
  const kept = () => { try { return localStorage.getItem("logveil-theme"); } catch { return null; } };
  if (kept()) root.dataset.theme = kept();
  const isDark = () => root.dataset.theme
    ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  byID("theme")?.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    keep(root.dataset.theme);
  });
  byID("print")?.addEventListener("click", () => print());

  // Tables

  const order = new Intl.Collator("en", { numeric: true }).compare;
  const count = (number) => number.toLocaleString("en-US");

  for (const table of document.querySelectorAll("table[data-list]")) {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const card = table.closest(".card");
    const limit = Number(table.dataset.list);
    const input = card.querySelector("input[type=search]");
    const selects = [...card.querySelectorAll("select")];
    const output = card.querySelector("output");
    const all = card.querySelector(".all");
    let isWhole = rows.length <= limit;
    const texts = new Map();
    const text = (row) => {
      if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
      return texts.get(row);
    };

    const show = () => {
      const words = (input?.value ?? "").toLowerCase().split(/\s+/).filter(Boolean);
      let found = 0;
      for (const row of body.rows) {
        const fits = words.every((word) => text(row).includes(word))
          && selects.every((select) => !select.value
            || (row.getAttribute("data-" + select.name) ?? "").split("|").includes(select.value));
        if (fits) found += 1;
        const isHidden = !fits || (!isWhole && found > limit);
        if (row.hidden !== isHidden) row.hidden = isHidden;
      }
      const shown = isWhole ? found : Math.min(found, limit);
      if (output) {
        output.textContent = shown === rows.length
          ? `${count(rows.length)} ${rows.length === 1 ? "row" : "rows"}`
          : `${count(shown)} of ${count(found)} rows`
            + (found < rows.length ? `, ${count(rows.length)} in all` : "");
      }
      if (all) {
        all.hidden = !isWhole && found <= limit || isWhole && rows.length <= limit;
        all.textContent = isWhole ? "Show fewer" : `Show all ${count(found)}`;
      }
    };

    const sort = (column, direction) => {
      const key = (row) => {
        const cell = row.cells[column];
        return cell.dataset.v === undefined ? cell.textContent : Number(cell.dataset.v);
      };
      const keys = new Map(rows.map((row) => [row, key(row)]));
      const sorted = [...rows].sort((one, other) => {
        const [a, b] = [keys.get(one), keys.get(other)];
        return direction * (typeof a === "number" ? a - b : order(a, b));
      });
      body.append(...sorted);
      [...table.tHead.rows[0].cells].forEach((cell, index) => {
        if (index === column) {
          cell.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
        } else cell.removeAttribute("aria-sort");
      });
      show();
    };

    [...table.tHead.rows[0].cells].forEach((cell, column) => {
      cell.querySelector("button")?.addEventListener("click", () => {
        const first = cell.classList.contains("n") ? -1 : 1;
        const now = cell.getAttribute("aria-sort");
        const next = now ? (now === "ascending" ? -1 : 1) : first;
        sort(column, next);
      });
    });
    input?.addEventListener("input", show);
    for (const select of selects) select.addEventListener("change", show);
    all?.addEventListener("click", () => { isWhole = !isWhole; show(); });
    show();
  }

  // Pages of apps and users

  const dialog = byID("sheet");
  const make = (name, attributes = {}, ...content) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...content);
    return element;
  };
  const draw = (name, attributes, ...content) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...content);
    return element;
  };
  const bytes = (number) => {
    const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let unit = 0;
    while (number >= 1023.95 && unit < 6) { number /= 1024; unit += 1; }
    return unit ? `${number.toFixed(1)} ${units[unit]}` : `${number} B`;
  };
  const day = (number) => new Date(number * 86400000).toISOString().slice(0, 10);
  const moment = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");

  const trend = (values, words, style, text) => {
    const [width, height] = [800, 150];
    const most = Math.max(...values, 1);
    const step = width / values.length;
    const chart = draw("svg", {
      viewBox: `0 0 ${width} ${height + 20}`, class: "chart", role: "img",
      "aria-label": `${words} by day, at most ${text(most)}` });
    chart.append(draw("line", { x1: 0, x2: width, y1: height, y2: height, class: "base-line" }));
    values.forEach((value, index) => {
      const tall = Math.max(value / most * (height - 14), value ? 1 : 0);
      chart.append(draw("g", { class: "day" },
        draw("title", {}, `${day(data.first + index)}: ${text(value)}`),
        draw("rect", {
          x: index * step + step * .12, width: step * .76, y: height - tall, height: tall,
          class: style, rx: Math.min(3, step / 4) })));
    });
    chart.append(draw("text", { x: 0, y: height + 15 }, day(data.first)));
    chart.append(draw("text", { x: width, y: height + 15, "text-anchor": "end" },
      day(data.first + values.length - 1)));
    chart.append(draw("text", { x: width, y: 10, "text-anchor": "end" }, `most: ${text(most)}`));
    return make("section", { class: "trend" }, make("h3", {}, words), chart);
  };
  const uses = (title, rows, head, isMono) => {
    const body = make("tbody");
    for (const [name, total, up, events] of rows) {
      const cell = make("th", { scope: "row" }, make("span", isMono ? { class: "mono" } : {}, name));
      body.append(make("tr", {}, cell, make("td", { class: "n" }, bytes(total)),
        make("td", { class: "n" }, bytes(up)), make("td", { class: "n" }, count(events))));
    }
    const cells = [head, "Traffic", "Upload", "Events"].map(
      (word, index) => make("th", index ? { class: "n", scope: "col" } : { scope: "col" }, word));
    return make("section", {}, make("h3", {}, title), make("div", { class: "scroll" },
      make("table", {}, make("thead", {}, make("tr", {}, ...cells)), body)));
  };
  const facts = (pairs) => make("dl", {}, ...pairs.map(
    ([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, String(value)))));

  const appPage = (app) => [
    facts([["Users", count(app.c[0])], ["Addresses", count(app.c[1])], ["Devices", count(app.c[2])],
      ["Traffic", bytes(app.c[3])], ["Upload", bytes(app.c[4])], ["Download", bytes(app.c[5])],
      ["Events", count(app.c[6])], ["Blocked", count(app.c[7])], ["First seen", day(app.c[8])],
      ["Last seen (UTC)", moment(app.c[9])]]),
    trend(app.b, "Traffic", "down", bytes), trend(app.e, "Events", "events", count),
    uses("Largest users", app.u.map(([name, ...rest]) => [data.names[name], ...rest]), "User", true),
    uses("Largest hosts", app.h, "Host", false)];
  const userPage = (user) => [
    facts([["Apps", count(user.c[0])], ["Traffic", bytes(user.c[1])], ["Upload", bytes(user.c[2])],
      ["Events", count(user.c[3])], ["Blocked", count(user.c[4])],
      ["Last seen (UTC)", moment(user.c[5])]]),
    trend(user.b, "Traffic", "down", bytes),
    uses("Largest apps", user.a.map(([app, ...rest]) => [data.apps[app].n, ...rest]), "App", false)];

  let opener = null;
  const open = (kind, index) => {
    const thing = (kind === "app" ? data.apps : data.users)[index];
    if (!thing || !dialog) return;
    const title = kind === "app" ? thing.n : data.names[thing.n];
    const heading = make("h2", kind === "app" ? {} : { class: "mono" }, title);
    heading.id = "sheet-title";
    const close = make("button", { class: "tool", type: "button" }, "Close");
    close.addEventListener("click", () => dialog.close());
    dialog.replaceChildren(
      make("div", { class: "sheet-head" },
        make("div", {}, heading, make("p", { class: "quiet" }, kind === "app" ? thing.t : "User")), close),
      make("div", { class: "sheet-body" }, ...(kind === "app" ? appPage(thing) : userPage(thing))));
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
  };
  const openByHash = () => {
    const parts = /^#(app|user)-(\d+)$/.exec(location.hash);
    if (parts) open(parts[1], Number(parts[2]));
    else if (dialog?.open) dialog.close();
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-open]");
    if (button) {
      opener = button;
      location.hash = button.dataset.open;
      openByHash();
    } else if (event.target === dialog) dialog.close();
  });
  dialog?.addEventListener("close", () => {
    if (/^#(app|user)-/.test(location.hash)) history.replaceState(null, "", "#main");
    opener?.focus({ preventScroll: true });
  });
  addEventListener("hashchange", openByHash);
  openByHash();
})();

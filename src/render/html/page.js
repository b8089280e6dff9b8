/*<![CDATA[ a page is well-formed XML as well */
"use strict";
/* What a page does where scripts run: it unpacks its pictures, tables sort and filter, a series is picked out everywhere, light or dark by hand. */
(() => {
  const make = (name, properties = {}, ...inside) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...inside);
    return element;
  };

  /* What need not be there at once is done in turns, what comes into sight first: meanwhile the page can be read and answers. */
  const waiting = new Map();
  const finish = (element) => {
    const job = waiting.get(element);
    if (!waiting.delete(element)) return;
    sight.unobserve(element);
    job(element);
  };
  const sight = new IntersectionObserver((seen) => {
    for (const one of seen) if (one.isIntersecting) finish(one.target);
  }, { rootMargin: "100%" });
  const later = (element, job) => {
    waiting.set(element, job);
    sight.observe(element);
  };
  const idle = globalThis.requestIdleCallback ?? ((turn) => setTimeout(turn, 0, { timeRemaining: () => 0 }));
  const turn = (deadline) => {
    for (const element of waiting.keys()) {
      finish(element);
      if (deadline.timeRemaining() < 2) break;
    }
    if (waiting.size) idle(turn, { timeout: 100 });
  };
  addEventListener("beforeprint", () => [...waiting.keys()].forEach(finish));

  /* Sorting: an entry moves with its continuations and remarks; headings, and pools at the end, stay. */
  const text = (row, column) => row.cells[column]?.textContent.trim() ?? "";
  const number = (words) => {
    const found = words.replace(/(\d)[,\u202f\u00a0](?=\d{3}\b)/g, "$1").match(/[−-]?\d+(\.\d+)?/);
    return found ? Number(found[0].replace("−", "-")) : NaN;
  };
  const blocks = (body) => {
    const found = { fixed: [], moving: [], tail: [] };
    for (const row of body.rows) {
      const kind = row.classList;
      if (kind.contains("group")) found.fixed.push(row);
      else if (kind.contains("pooled") || (found.tail.length && !kind.contains("entry"))) found.tail.push(row);
      else if (kind.contains("entry") && found.tail.length) return null;
      else if (kind.contains("entry") || !found.moving.length) found.moving.push([row]);
      else found.moving.at(-1).push(row);
    }
    return found;
  };
  const compare = (column, sign) => (a, b) => {
    const [one, other] = [text(a[0], column), text(b[0], column)];
    const [x, y] = [number(one), number(other)];
    if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
    if (!Number.isNaN(x) && /^[^a-z]*\d/i.test(one) && x !== y) return sign * (x - y);
    return sign * one.localeCompare(other, "en");
  };
  const headers = (table) => {
    const taken = [], found = [];
    [...table.tHead.rows].forEach((row, line) => {
      let column = 0;
      for (const cell of row.cells) {
        while (taken[line]?.[column]) column += 1;
        for (let down = 0; down < cell.rowSpan; down += 1)
          for (let across = 0; across < cell.colSpan; across += 1) (taken[line + down] ??= [])[column + across] = true;
        if (cell.scope === "col" && cell.colSpan === 1 && cell.textContent.trim()) found.push([cell, column]);
        column += cell.colSpan;
      }
    });
    return found;
  };
  const sortable = (table) => {
    const bodies = [...table.tBodies].map((body) => [body, blocks(body)]);
    if (bodies.some(([, found]) => !found) || !bodies.some(([, found]) => found.moving.length > 1)) return;
    const sort = (header, column) => {
      const next = { ascending: "descending", descending: "none" }[header.ariaSort] ?? "ascending";
      for (const [cell] of headers(table)) cell.ariaSort = "none";
      header.ariaSort = next;
      for (const [body, { fixed, moving, tail }] of bodies) {
        const sorted = next === "none" ? moving : moving.toSorted(compare(column, next === "ascending" ? 1 : -1));
        body.append(...fixed, ...sorted.flat(), ...tail);
      }
    };
    for (const [header, column] of headers(table)) {
      const button = make("button", { type: "button", className: "sort" }, ...header.childNodes);
      button.addEventListener("click", () => sort(header, column));
      header.append(button);
      header.ariaSort = "none";
    }
  };

  /* Filtering: an entry is shown where its rows hold every word. */
  const filterable = (evidence, table) => {
    const all = [...table.tBodies].flatMap((body) => blocks(body)?.moving ?? []);
    if (all.length < 8) return;
    const field = make("input", { type: "search", autocomplete: "off", spellcheck: false });
    const shown = make("output", { className: "shown" });
    field.addEventListener("input", () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      for (const rows of all) {
        const inside = rows.map((row) => row.textContent.toLowerCase()).join(" ");
        const fits = words.every((word) => inside.includes(word));
        count += fits;
        for (const row of rows) row.hidden = !fits;
      }
      shown.textContent = words.length ? `${count} of ${all.length} rows` : "";
    });
    const words = make("label", { className: "filter" }, "Filter rows ", field, " ", shown);
    evidence.prepend(words);
  };

  /* Picking: the name of a series or pool marks it in every table and figure, until it is pressed again. */
  let picked = null;
  const pick = (key) => {
    picked = picked === key ? null : key;
    for (const row of document.querySelectorAll("[data-key]")) row.classList.toggle("picked", row.dataset.key === picked);
    for (const button of document.querySelectorAll("button.pick"))
      button.ariaPressed = String(button.closest("[data-key]").dataset.key === picked);
    document.querySelectorAll(".paper svg").forEach(fade);
  };
  const fade = (drawing) => {
    const rows = [...drawing.querySelectorAll("g.study")];
    const own = rows.filter((row) => picked && (row.id === `${drawing.id}-${picked}` || row.id.startsWith(`${drawing.id}-${picked}-`)));
    for (const row of rows) row.classList.toggle("faded", own.length > 0 && !own.includes(row));
  };
  const pickable = (row) => {
    const name = row.querySelector("th[scope=row]");
    const words = name?.firstChild;
    if (words?.nodeType !== Node.TEXT_NODE || !words.data.trim()) return;
    const button = make("button", { type: "button", className: "pick", ariaPressed: String(row.dataset.key === picked) }, words);
    button.addEventListener("click", () => pick(row.dataset.key));
    name.prepend(button);
  };

  const answering = (evidence) => {
    const table = evidence.querySelector("table");
    if (!table?.tHead) return;
    table.querySelectorAll("tr.entry[data-key]").forEach(pickable);
    filterable(evidence, table);
    sortable(table);
  };

  /* Pictures are the markup of browsers without scripts, of which there is most on the page: until then no more than text. */
  const draw = (paper) => {
    const packed = paper.querySelector("noscript");
    paper.classList.remove("waiting");
    if (!packed) return;
    packed.outerHTML = packed.textContent;
    paper.querySelectorAll("svg").forEach(fade);
  };
  document.querySelectorAll(".evidence, .paper").forEach((part) => later(part, part.matches(".paper") ? draw : answering));
  const place = location.hash.slice(1);
  if (place && !document.getElementById(place)) {
    /* An address may lead to a series in a picture. */
    finish([...waiting.keys()].find((part) => part.matches(".paper") && part.textContent.includes(`id="${place}"`)));
    document.getElementById(place)?.scrollIntoView();
  }
  idle(turn, { timeout: 100 });

  /* Other looks of a figure: unpacked when one is asked for, shown over its own picture, which stays the one that is printed. */
  const unpack = async (packed) => {
    const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return JSON.parse(await new Response(stream).text());
  };
  const wardrobe = (looks) => {
    const paper = looks.parentElement.querySelector(".paper");
    const choices = [...looks.querySelectorAll("select")];
    if (!paper || !globalThis.DecompressionStream) return;
    let pictures = null;
    const show = async () => {
      finish(paper);
      pictures ??= unpack(looks.querySelector("template").content.textContent);
      const found = (await pictures)[choices.map((choice) => choice.value).join(" ")];
      paper.querySelector("svg.other")?.remove();
      if (!found) return;
      const picture = document.importNode(new DOMParser().parseFromString(found, "image/svg+xml").documentElement, true);
      picture.classList.add("other");
      paper.append(picture);
      fade(picture);
    };
    for (const choice of choices) choice.addEventListener("change", show);
    looks.hidden = false;
    if (choices.some((choice) => !choice.selectedOptions[0]?.defaultSelected)) show();
  };
  document.querySelectorAll(".looks").forEach(wardrobe);

  /* Light or dark: as the system has it, until somebody chooses. */
  const theme = make("button", { type: "button", className: "theme" });
  const dark = () => (document.documentElement.style.colorScheme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const name = () => { theme.textContent = dark() ? "Light page" : "Dark page"; };
  theme.addEventListener("click", () => {
    document.documentElement.style.colorScheme = dark() ? "light" : "dark";
    name();
  });
  name();
  document.querySelector(".masthead")?.prepend(theme);
})();
/*]]>*/

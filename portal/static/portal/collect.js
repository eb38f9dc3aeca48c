/* Shows the notice behind each link <a data-sammati href="…/collect/…/ask/…"> on the spot, and records
   the answer. Without it, or if anything fails, the link itself leads to the same questions. It asks
   nobody but the link's own host, sends no cookie, and holds no words and no choices of its own. */
(() => {
  "use strict";
  const PATH = /^(.*\/collect\/[a-z0-9_-]+\/)ask\/([A-Za-z0-9_-]+)$/i;
  const STYLE = `
    :host { display: block; color-scheme: light dark; }
    section { font: inherit; line-height: 1.5; color: #1c2226; background: #fff; border: 1px solid #6b747a;
      border-radius: .5rem; padding: 1rem; overflow-wrap: anywhere; }
    h2, h3 { font-size: 1.15em; line-height: 1.3; margin: 0 0 .5rem; }
    h3 { margin-block-start: 1rem; font-size: 1.05em; }
    p, dl, ul { margin: 0 0 .75rem; }
    dt { font-weight: 600; }
    dd { margin: 0 0 .25rem; }
    a { color: #0b5351; display: inline-block; padding-block: .6rem; }
    .buttons { display: flex; flex-wrap: wrap; gap: .5rem; }
    button { font: inherit; min-height: 2.75rem; min-width: 6rem; padding: .5rem 1rem; cursor: pointer;
      color: #0b5351; background: #fff; border: 2px solid #0b5351; border-radius: .5rem; }
    button:focus-visible, a:focus-visible, [tabindex]:focus-visible { outline: 3px solid #0b5351; outline-offset: 2px; }
    .stand { font-weight: 600; }
    .wrong { color: #a3211b; font-weight: 600; }
    [hidden] { display: none; }
    @media (prefers-color-scheme: dark) {
      section, button { color: #f0efea; background: #1e2528; border-color: #8d999e; }
      a, button { color: #7fd1c9; border-color: #7fd1c9; }
      .wrong { color: #ff9d94; }
      button:focus-visible, a:focus-visible, [tabindex]:focus-visible { outline-color: #ffd24d; }
    }`;

  const make = (name, text, attributes = {}) => {
    const element = document.createElement(name);
    if (text) element.textContent = text;
    for (const [key, value] of Object.entries(attributes)) if (value) element.setAttribute(key, value);
    return element;
  };

  const safe = (address) => (/^https?:\/\//i.test(address) ? address : "");

  const link = (one) => make("a", one.text, { href: safe(one.url), rel: "noreferrer" });

  class Panel {
    constructor(anchor, base, ticket) {
      Object.assign(this, { anchor, base, ticket });
      this.language = anchor.dataset.language || anchor.closest("[lang]")?.lang || "";
      this.host = make("div");
      this.root = this.host.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      this.root.adoptedStyleSheets = [sheet];
    }

    async send(path, more) {
      const answer = await fetch(this.base + path, {
        method: "POST", mode: "cors", credentials: "omit", cache: "no-store",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ ticket: this.ticket, ...(this.language && { language: this.language }), ...more }),
      });
      const said = await answer.json();
      if (!answer.ok) throw Object.assign(new Error(said.code), { code: said.code });
      return said;
    }

    async start() {
      try {
        this.show(await this.send("words"));
        this.anchor.after(this.host);
        this.anchor.hidden = true;
      } catch {
        this.anchor.hidden = false;
      }
    }

    async answer(answers, focus) {
      const body = answers.map(({ item, answer }) => ({
        purpose: item.purpose, answer, notice: item.notice || "", language: item.language || "",
      }));
      try {
        const said = await this.send("answers", { answers: body });
        this.show(said, focus);
        this.tell(said.items.filter((one) => body.some((sent) => sent.purpose === one.purpose)));
      } catch (error) {
        await this.failed(error.code, focus);
      }
    }

    async failed(code, focus) {
      const words = code === "words_changed" ? this.said.texts.changed : this.said.texts.failed;
      if (code === "words_changed") {
        try { this.show(await this.send("words"), focus); } catch { /* the words below say it */ }
      }
      this.anchor.hidden = false;
      const wrong = this.root.querySelector(".wrong");
      wrong.textContent = words;
      wrong.hidden = false;
      wrong.focus();
    }

    tell(items) {
      for (const { purpose, state } of items) {
        this.anchor.dispatchEvent(new CustomEvent("sammati:answered", { bubbles: true, detail: { purpose, state } }));
      }
    }

    show(said, focus) {
      this.said = said;
      const { texts } = said;
      const section = make("section", "", { lang: said.language, dir: said.dir, "aria-label": texts.title });
      section.append(make("h2", texts.title), make("p", "", { class: "wrong", role: "alert", tabindex: "-1", hidden: "hidden" }));
      const first = said.items.find((item) => item.introduction);
      if (first) section.append(make("p", first.introduction, { lang: first.language, dir: first.dir }));
      section.append(...said.items.map((item) => this.item(item, texts)));
      const open = said.items.filter((item) => item.answers.includes("no"));
      if (open.length > 1) section.append(this.all(open, texts));
      section.append(this.foot(first, said));
      this.root.replaceChildren(section);
      if (focus) this.root.querySelector(`[data-purpose="${CSS.escape(focus)}"] .stand`)?.focus();
    }

    item(item, texts) {
      const part = make("div", "", { "data-purpose": item.purpose });
      const words = make("div", "", { lang: item.language, dir: item.dir });
      if (item.note) part.append(make("p", item.note));
      words.append(make("h3", item.title), make("p", item.description), this.facts(item, texts));
      const buttons = make("div", "", { class: "buttons" });
      for (const kind of item.answers) {
        const answer = kind === "again" ? "yes" : kind;
        const button = make("button", texts[kind], { type: "button", "aria-label": `${texts[kind]}: ${item.title}` });
        button.addEventListener("click", () => this.answer([{ item, answer }], item.purpose));
        buttons.append(button);
      }
      part.append(words, make("p", item.stands, { class: "stand", tabindex: "-1" }), buttons);
      return part;
    }

    facts(item, texts) {
      const list = make("dl");
      const told = [
        [texts.data, item.data?.join(", ")], [texts.enables, item.enables],
        [texts.how_long, item.retention], [texts.recipients, item.recipients],
      ];
      for (const [name, value] of told) {
        if (value) list.append(make("dt", name, { lang: this.said.language }), make("dd", value));
      }
      return list.childElementCount ? list : make("span");
    }

    all(items, texts) {
      const buttons = make("div", "", { class: "buttons", role: "group", "aria-label": texts.title });
      for (const [kind, answer] of [["yes_all", "yes"], ["no_all", "no"]]) {
        const button = make("button", texts[kind], { type: "button" });
        button.addEventListener("click", () => this.answer(items.map((item) => ({ item, answer })), items[0].purpose));
        buttons.append(button);
      }
      return buttons;
    }

    foot(first, said) {
      const list = make("ul");
      const { texts } = said;
      const links = [
        ...(first ? first.links : []), ...(first ? [{ text: texts.whole, url: first.whole }] : []),
        { text: texts.portal, url: said.portal },
      ];
      for (const one of links) {
        const entry = make("li");
        entry.append(link(one));
        list.append(entry);
      }
      const contact = make("li", `${texts.contact}: ${said.contact.name}, ${said.contact.email}`);
      list.append(contact);
      return list;
    }
  }

  const begin = () => {
    for (const anchor of document.querySelectorAll("a[data-sammati]")) {
      const found = PATH.exec(anchor.href);
      if (found && !anchor.hidden) new Panel(anchor, found[1], found[2]).start();
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();

// Build elements instead of writing markup, so that an article's text is always text.

const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u;
const EACH_CONTROL = /([\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069])/u;
const EVERY_CONTROL = new RegExp(CONTROLS.source, "gu");
const SVG = "http://www.w3.org/2000/svg";

// Return an element; `given` holds attributes, `class`, and listeners under `on…`.
export function el(tag, given, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given ?? {})) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, String(value));
  }
  made.append(...children.flat(2).filter((child) => child != null && child !== false));
  return made;
}

export function svg(tag, given, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(given ?? {})) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

// Return text as nodes, with control characters that could reverse the line shown as codes.
export function shown(text) {
  if (!CONTROLS.test(text)) return [document.createTextNode(text)];
  return text
    .split(EACH_CONTROL)
    .filter(Boolean)
    .map((part) => {
      if (!CONTROLS.test(part)) return document.createTextNode(part);
      const code = part.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
      return el("span", { class: "control", title: "a control character" }, `U+${code}`);
    });
}

// Return an article's text for use within our own words, with its direction isolated.
export function isolated(text, given) {
  return el("bdi", given, shown(text));
}

// Return text for places that cannot contain elements: titles, options, labels.
export function plain(text) {
  return text.replace(EVERY_CONTROL, "\ufffd");
}

export function counted(number, noun, plural = `${noun}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? noun : plural}`;
}

export function percent(part, whole) {
  return whole ? `${Math.round((100 * part) / whole)}%` : "0%";
}

// Cut text at a space near a length.
export function shortened(text, length) {
  if (text.length <= length) return text;
  const cut = text.slice(0, length);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), length / 2))} …`;
}

// Return a link to where an article was published, if its URI is the address of a web page.
export function outward(uri, text) {
  if (!/^https?:\/\//iu.test(uri)) return isolated(text);
  return el("a", { href: uri, rel: "noreferrer noopener" }, isolated(text));
}

// Return a row of tabs over panels; `panels` are [name, label, element].
export function tabs(label, panels) {
  const buttons = panels.map(([name, text, panel], at) => {
    panel.id = `panel-${name}`;
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", `tab-${name}`);
    panel.classList.add("panel");
    return el(
      "button",
      {
        type: "button",
        id: `tab-${name}`,
        role: "tab",
        "aria-controls": panel.id,
        onclick: () => {
          choose(at);
          panel.dispatchEvent(new Event("opened"));
        },
      },
      text,
    );
  });
  function choose(at, focus = false) {
    buttons.forEach((button, other) => {
      button.setAttribute("aria-selected", String(other === at));
      button.tabIndex = other === at ? 0 : -1;
      panels[other][2].hidden = other !== at;
      panels[other][2].dispatchEvent(new Event(other === at ? "shown" : "hid"));
    });
    if (focus) buttons[at].focus();
  }
  const list = el("div", { role: "tablist", "aria-label": label, class: "tabs" }, buttons);
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const now = buttons.indexOf(document.activeElement);
    if (!step || now < 0) return;
    event.preventDefault();
    choose((now + step + buttons.length) % buttons.length, true);
  });
  choose(0);
  const element = el("div", { class: "tabbed" }, list, panels.map(([, , panel]) => panel));
  const place = (name) => panels.findIndex((one) => one[0] === name);
  function open(name) {
    buttons[place(name)].focus();
    buttons[place(name)].click();
  }
  return { element, choose: (name) => choose(place(name)), open };
}

(() => {
  "use strict";
  const root = document.documentElement;
  const card = document.getElementById("card");
  const notes = JSON.parse(document.getElementById("notes").textContent);
  const marks = [...document.querySelectorAll(".m")];
  const byNote = new Map();
  let pinned = null;

  const noteIds = (mark) => (mark.dataset.n || "").split(" ").filter(Boolean);

  for (const mark of marks) {
    mark.removeAttribute("title"); // the card says it better
    if (mark.classList.contains("entry")) mark.tabIndex = 0;
    for (const id of noteIds(mark)) {
      if (!byNote.has(id)) byNote.set(id, []);
      byNote.get(id).push(mark);
    }
  }

  /** The notes of every visible mark over an element, innermost first. */
  const notesOver = (element) => {
    const ids = new Set();
    for (let mark = element.closest(".m"); mark; mark = mark.parentElement.closest(".m")) {
      if (!mark.classList.contains("off")) noteIds(mark).forEach((id) => ids.add(id));
    }
    return [...ids];
  };

  const make = (name, text, className) => {
    const element = document.createElement(name);
    if (text) element.textContent = text;
    if (className) element.className = className;
    return element;
  };

  const section = (note) => {
    const part = make("section", "", note.kind);
    part.append(make("h3", note.heading));
    const list = make("dl");
    for (const [name, value] of note.rows) {
      const described = make("dd", value);
      described.dir = "auto";
      list.append(make("dt", name), described);
    }
    part.append(list);
    if (note.definition) part.append(make("p", note.definition, "definition"));
    return part;
  };

  const place = (mark) => {
    const at = mark.getClientRects()[0];
    const column = mark.closest("article").getBoundingClientRect();
    const width = card.offsetWidth;
    const isMargin = innerWidth - column.right >= width + 32;
    const left = isMargin ? column.right + 28 : Math.max(12, Math.min(at.left, innerWidth - width - 20));
    const below = at.bottom + 10 + card.offsetHeight > innerHeight && at.top > card.offsetHeight + 10
      ? at.top - card.offsetHeight - 10
      : at.bottom + 10;
    const top = isMargin ? Math.max(8, Math.min(at.top - 14, innerHeight - card.offsetHeight - 8)) : below;
    card.style.left = `${left + scrollX}px`;
    card.style.top = `${top + scrollY}px`;
  };

  const hide = () => {
    card.hidden = true;
    marks.forEach((mark) => mark.classList.remove("lit"));
  };

  const show = (element) => {
    const ids = notesOver(element).filter((id) => id in notes);
    hide();
    if (!ids.length) return;
    card.replaceChildren(...ids.map((id) => section(notes[id])));
    ids.forEach((id) => byNote.get(id).forEach((mark) => mark.classList.add("lit")));
    card.hidden = false;
    place(element.closest(".m"));
  };

  const unpin = () => {
    pinned = null;
    hide();
  };

  document.addEventListener("pointerover", (event) => {
    if (pinned || event.pointerType !== "mouse" || card.contains(event.target)) return;
    if (event.target.closest(".m")) show(event.target);
    else hide();
  });
  document.addEventListener("click", (event) => {
    if (card.contains(event.target)) return;
    const mark = event.target.closest(".m");
    if (!mark || mark === pinned) return unpin();
    pinned = mark;
    show(event.target);
  });
  document.addEventListener("focusin", (event) => {
    if (event.target.matches(".m") && event.target.matches(":focus-visible")) show(event.target);
  });
  document.addEventListener("focusout", () => {
    if (!pinned) hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") unpin();
    if (event.key === "Enter" && event.target.matches(".m")) show(event.target);
  });

  const boxes = [...document.querySelectorAll("[data-facet]")];
  const filtered = [...document.querySelectorAll("[data-f]")];
  const filter = () => {
    const off = new Set(boxes.filter((box) => !box.checked).map((box) => box.dataset.facet));
    for (const element of filtered) {
      const isOff = element.dataset.f.split(" ").some((facet) => off.has(facet));
      element.classList.toggle("off", isOff);
      if (element.classList.contains("entry")) element.tabIndex = isOff ? -1 : 0;
    }
    unpin();
  };
  boxes.forEach((box) => box.addEventListener("change", filter));
  filter(); // a browser may bring ticks back from the last visit

  /** Make each bar in the margin as tall as the sentences that it stands for. */
  const measure = () => {
    const heights = [...document.querySelectorAll(".state-tag")].map((tag) => {
      let last = tag.nextElementSibling;
      while (last.nextElementSibling?.matches(".state:not(.state-tag)")) last = last.nextElementSibling;
      return [tag, last.getBoundingClientRect().bottom - tag.nextElementSibling.getBoundingClientRect().top];
    });
    for (const [tag, height] of heights) tag.style.setProperty("--run", `${height}px`);
  };
  measure(); // the observer may be told only after the first picture
  new ResizeObserver(measure).observe(document.querySelector("main"));

  if (matchMedia("(max-width: 60rem)").matches) document.querySelector(".legend").open = false;
  root.classList.add("ready");
})();

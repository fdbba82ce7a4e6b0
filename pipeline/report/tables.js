// Studies and numbers can be filtered and put in order. Nothing is computed again: a note says so.
{
  const named = { class: "Regimen class", design: "Design", age: "Age", authority: "Authority" };
  const orders = { label: "name", year: "year", size: "patients", percent: "percent" };

  const choice = (name, options) => {
    const label = document.createElement("label");
    const select = document.createElement("select");
    for (const [value, words] of options) select.add(new Option(words, value));
    label.append(name, select);
    return [label, select];
  };
  const yearBox = (name) => {
    const label = document.createElement("label");
    const input = document.createElement("input");
    Object.assign(input, { type: "number", min: 1800, max: 2200 });
    label.append(name, input);
    return [label, input];
  };

  // Missing values come last in both directions; equal ones stay as listed.
  const compare = (key, down) => (a, b) => {
    const [x, y] = [a.dataset[key], b.dataset[key]];
    if (!x || !y) return Number(!x) - Number(!y);
    const order = key === "label" ? x.localeCompare(y, "en", { numeric: true }) : x - y;
    return down ? -order : order;
  };

  for (const section of document.querySelectorAll("#studies, #outcomes")) {
    const items = [...section.querySelectorAll("tbody[data-label]")];
    if (items.length < 2) continue;
    const what = section.id === "studies" ? "studies" : "numbers";
    const bar = document.createElement("fieldset");
    const legend = document.createElement("legend");
    legend.textContent = `Filter and order these ${what}`;
    bar.className = "filters";
    bar.append(legend);
    const selects = {};
    for (const [key, name] of Object.entries(named)) {
      const values = [...new Set(items.flatMap((item) => item.dataset[key].split("|")))].filter(Boolean).sort();
      if (values.length < 2) continue;
      const [label, select] = choice(name, [["", "all"], ...values.map((value) => [value, value])]);
      selects[key] = select;
      bar.append(label);
    }
    const [fromLabel, from] = yearBox("Year from");
    const [toLabel, to] = yearBox("to");
    const ways = Object.entries(orders).filter(([key]) => items.some((item) => item.dataset[key]));
    const [orderLabel, order] = choice("Order", [
      ["", "as listed"],
      ...ways.flatMap(([key, name]) => [[`${key} up`, `${name}, ascending`], [`${key} down`, `${name}, descending`]]),
    ]);
    const clear = document.createElement("button");
    clear.type = "button";
    clear.textContent = "Show all";
    const note = document.createElement("p");
    note.className = "filtered";
    note.setAttribute("role", "status");
    bar.append(fromLabel, toLabel, orderLabel, clear, note);
    section.querySelector("h2").after(bar);

    const fits = (data) =>
      Object.entries(selects).every(([key, s]) => !s.value || data[key].split("|").includes(s.value)) &&
      (!from.value || (data.year && Number(data.year) >= Number(from.value))) &&
      (!to.value || (data.year && Number(data.year) <= Number(to.value)));
    const show = () => {
      for (const item of items) item.hidden = !fits(item.dataset);
      const shown = items.filter((item) => !item.hidden).length;
      note.textContent = shown === items.length ? "" :
        `${shown} of ${items.length} ${what} shown. Pooled results, plots and counts are still those of the full set: nothing is computed again.`;
      bar.classList.toggle("active", shown < items.length);
    };
    const sort = () => {
      const [key, way] = order.value.split(" ");
      for (const table of section.querySelectorAll("table")) {
        const mine = items.filter((item) => item.parentElement === table);
        table.append(...(key ? mine.sort(compare(key, way === "down")) : mine));
      }
    };
    for (const control of [...Object.values(selects), from, to]) control.addEventListener("input", show);
    order.addEventListener("input", sort);
    const reset = () => {
      for (const control of [...Object.values(selects), from, to, order]) control.value = "";
      show();
      sort();
    };
    clear.addEventListener("click", reset);
    // a link to what is filtered away shows all again
    const follow = () => {
      const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (target && section.contains(target) && target.closest("[hidden]")) {
        reset();
        target.scrollIntoView();
      }
    };
    addEventListener("hashchange", follow);
  }
}

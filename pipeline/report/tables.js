// Studies, numbers and arms of forest plots can be filtered and put in order. Nothing is computed again: a note says so.
{
  const named = { class: "Regimen class", design: "Design", age: "Age", authority: "Authority" };
  const orders = { label: "name", year: "year", size: "patients", percent: "percent", weight: "weight", shift: "what rests on it" };

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
  const compare = (facts, key, down) => (a, b) => {
    const [x, y] = [facts.get(a)[key], facts.get(b)[key]];
    if (!x || !y) return Number(!x) - Number(!y);
    const order = key === "label" ? x.localeCompare(y, "en", { numeric: true }) : x - y;
    return down ? -order : order;
  };

  // ---- forest plots: the rows of the table behind a plot are those of the drawing, in its order

  const forest = (article) => {
    const svg = article.querySelector("svg");
    const take = article.querySelector(".downloads");
    const body = article.querySelector("tbody");
    const rows = [...body.rows];
    const [head, ...lines] = take.dataset.csv.trim().split("\n");
    const numbers = new Map(rows.filter((row) => !row.matches(".group, .note")).map((row, i) => [row, lines[i]]));
    const drawn = new Map([...svg.querySelectorAll("g[data-top]")].map((g, i) => [rows[i], g]));
    const [frame, axis] = svg.querySelectorAll('g[id$="-rows"], g[id$="-axis"]');
    const upright = [...frame.querySelectorAll(":scope > line")].map((line) => [line, Number(line.getAttribute("y2"))]);
    const [wide, high] = svg.getAttribute("viewBox").split(" ").slice(2).map(Number);
    const arms = rows.filter((row) => row.dataset.study);
    // a class with its arms and what is pooled of them; what is pooled of all stands apart
    const groups = [];
    for (const row of rows) {
      const whole = row.matches(".overall, .prediction, .glmm, .note");
      if (!groups.length || row.matches(".group") || whole !== groups.at(-1).whole) groups.push({ whole, rows: [] });
      groups.at(-1).rows.push(row);
    }
    const says = document.createElementNS("http://www.w3.org/2000/svg", "text");
    says.setAttribute("class", "f-soft");
    says.setAttribute("x", 0);

    return (how) => {
      const inOrder = ({ rows }) => {
        const [before, after] = [rows.filter((r) => r.matches(".group")), rows.filter((r) => r.matches(".subtotal"))];
        const mine = rows.filter((r) => r.dataset.study);
        return [...before, ...(how ? mine.sort(how) : mine), ...after];
      };
      const shown = arms.filter((row) => !row.hidden).length;
      const order = groups.flatMap((group) => {
        if (group.whole) return group.rows;
        const gone = group.rows.every((row) => !row.dataset.study || row.hidden);
        for (const row of group.rows) if (!row.dataset.study) row.hidden = gone;
        return inOrder(group);
      });
      let at = Number(drawn.get(rows[0]).dataset.top);
      for (const row of order) {
        const g = drawn.get(row);
        g.toggleAttribute("hidden", row.hidden);
        if (row.hidden) continue;
        g.setAttribute("transform", `translate(0 ${at - g.dataset.top})`);
        at += Number(g.dataset.height);
      }
      body.append(...order);
      const last = drawn.get(rows.at(-1));
      const shift = at - last.dataset.top - last.dataset.height;
      for (const [line, end] of upright) line.setAttribute("y2", end + shift);
      axis.setAttribute("transform", `translate(0 ${shift})`);
      const filtered = shown < arms.length;
      const words = `Filtered view: ${shown} of ${arms.length} arms shown. Pooled rows, weights and tests are those of the full set.`;
      says.remove();
      svg.setAttribute("viewBox", `0 0 ${wide} ${high + shift + (filtered ? 28 : 0)}`);
      if (filtered) {
        says.textContent = words;
        says.setAttribute("y", high + shift + 16);
        svg.append(says);
      }
      const kept = order.filter((row) => !row.hidden && numbers.has(row)).map((row) => numbers.get(row));
      take.dataset.csv = [head, ...kept, ...(filtered ? [`note,,"${words}",,,,,,`] : []), ""].join("\n");
      take.dataset.view = filtered ? "-filtered" : "";
    };
  };

  // ---- a bar for each section

  const words = { studies: "studies", outcomes: "numbers", forest: "arms" };

  for (const section of document.querySelectorAll("#studies, #outcomes, #forest")) {
    const items = [...section.querySelectorAll("[data-label]")];
    if (items.length < 2) continue;
    const what = words[section.id];
    const facts = new Map(items.map((item) => {
      const study = item.dataset.study && document.getElementById(`study-${item.dataset.study}`);
      return [item, { ...(study ? study.dataset : {}), ...item.dataset }];
    }));
    const plots = section.id === "forest" ? [...section.querySelectorAll("article:has(svg)")].map(forest) : null;
    const bar = document.createElement("fieldset");
    const legend = document.createElement("legend");
    legend.textContent = `Filter and order these ${what}`;
    bar.className = "filters";
    bar.append(legend);
    const selects = {};
    for (const [key, name] of Object.entries(named)) {
      const values = [...new Set(items.flatMap((item) => (facts.get(item)[key] || "").split("|")))].filter(Boolean).sort();
      if (values.length < 2) continue;
      const [label, select] = choice(name, [["", "all"], ...values.map((value) => [value, value])]);
      selects[key] = select;
      bar.append(label);
    }
    const [fromLabel, from] = yearBox("Year from");
    const [toLabel, to] = yearBox("to");
    const ways = Object.entries(orders).filter(([key]) => items.some((item) => facts.get(item)[key]));
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
      Object.entries(selects).every(([key, s]) => !s.value || (data[key] || "").split("|").includes(s.value)) &&
      (!from.value || (data.year && Number(data.year) >= Number(from.value))) &&
      (!to.value || (data.year && Number(data.year) <= Number(to.value)));
    const how = () => {
      const [key, way] = order.value.split(" ");
      return key ? compare(facts, key, way === "down") : null;
    };
    const arrange = () => {
      for (const plot of plots) plot(how());
    };
    const show = () => {
      for (const item of items) item.hidden = !fits(facts.get(item));
      const shown = items.filter((item) => !item.hidden).length;
      note.textContent = shown === items.length ? "" :
        `${shown} of ${items.length} ${what} shown${plots ? " in these plots" : ""}. Pooled results, plots and counts are still those of the full set: nothing is computed again.`;
      bar.classList.toggle("active", shown < items.length);
      if (plots) arrange();
    };
    const sort = () => {
      if (plots) return arrange();
      for (const table of section.querySelectorAll("table")) {
        const mine = items.filter((item) => item.parentElement === table);
        table.append(...(how() ? mine.sort(how()) : mine));
      }
    };
    for (const control of [...Object.values(selects), from, to]) control.addEventListener("input", show);
    order.addEventListener("input", sort);
    const controls = [...Object.values(selects), from, to, order];
    const reset = () => {
      for (const control of controls) control.value = "";
      show();
      sort();
    };
    clear.addEventListener("click", reset);
    // plots are printed whole, tables as they are shown, with the note
    if (plots) {
      let before = [];
      addEventListener("beforeprint", () => {
        before = controls.map((control) => control.value);
        if (before.some(Boolean)) reset();
      });
      addEventListener("afterprint", () => {
        if (!before.some(Boolean)) return;
        controls.forEach((control, i) => { control.value = before[i]; });
        show();
      });
    }
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

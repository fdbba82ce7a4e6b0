// Each plot to take away: SVG and PNG in the light colours of print whatever the page shows, CSV of its numbers.
{
  const wanted = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "font-weight", "font-size"];
  const rules = [...document.styleSheets[0].cssRules].filter((rule) => rule instanceof CSSStyleRule);
  const light = rules.find((rule) => rule.selectorText === ":root").style;
  const plain = (value) => value.replace(/var\((--[\w-]+)\)/g, (_, name) => light.getPropertyValue(name).trim());

  // A copy that needs no style sheet: what the rules say stands on each element.
  const alone = (svg) => {
    const copy = svg.cloneNode(true);
    const [, , width, height] = copy.getAttribute("viewBox").split(" ").map(Number);
    for (const rule of rules.filter((rule) => /^\.(f-|b-|p-|prisma )/.test(rule.selectorText))) {
      for (const element of copy.querySelectorAll(rule.selectorText)) {
        for (const name of wanted) {
          const value = rule.style.getPropertyValue(name);
          if (value) element.setAttribute(name, plain(value));
        }
      }
    }
    for (const away of copy.querySelectorAll("[hidden]")) away.remove();
    // its links lead nowhere outside of the page
    for (const link of copy.querySelectorAll("a")) link.removeAttribute("href");
    const margin = 16;
    const paper = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const place = { x: -margin, y: -margin, width: width + 2 * margin, height: height + 2 * margin, fill: "#ffffff" };
    for (const [name, value] of Object.entries(place)) paper.setAttribute(name, value);
    copy.querySelector("desc").after(paper);
    const size = { width: place.width, height: place.height, fill: light.getPropertyValue("--ink").trim() };
    const font = { "font-family": "Arial, 'Liberation Sans', 'Noto Sans', sans-serif", "font-size": "13px" };
    for (const [name, value] of Object.entries({ ...size, ...font })) copy.setAttribute(name, value);
    copy.setAttribute("viewBox", `${-margin} ${-margin} ${place.width} ${place.height}`);
    copy.removeAttribute("class");
    return new XMLSerializer().serializeToString(copy);
  };

  const hand = (name, blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };

  // Twice the size (about 300 dpi at 17 cm), less where a canvas could not hold it.
  const painted = async (text) => {
    const image = new Image();
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
    await image.decode();
    const scale = Math.min(2.2, 16000 / image.height);
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(image.width * scale), Math.round(image.height * scale)];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((done, fail) => {
      canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("too large"))), "image/png");
    });
  };

  const makers = {
    SVG: async (svg) => new Blob([alone(svg)], { type: "image/svg+xml" }),
    PNG: (svg) => painted(alone(svg)),
    // the mark at the front makes Excel read UTF-8
    CSV: async (_, csv) => new Blob(["\ufeff", csv], { type: "text/csv;charset=utf-8" }),
  };

  for (const row of document.querySelectorAll(".downloads[data-plot]")) {
    const { plot, name } = row.dataset;
    const svg = document.getElementById(`${plot}-title`).closest("svg");
    row.append("Download");
    for (const [kind, make] of Object.entries(makers)) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = kind;
      button.setAttribute("aria-label", `Download ${name} as ${kind}`);
      button.addEventListener("click", async () => {
        try {
          // a filtered plot says so in its name (tables.js); its drawing and its numbers are those that are shown
          hand(`${plot}${row.dataset.view || ""}.${kind.toLowerCase()}`, await make(svg, row.dataset.csv));
        } catch (error) {
          button.textContent = `${kind}: not in this browser (${error.message})`;
        }
      });
      row.append(button);
    }
  }
}

(function () {
  "use strict";
  var root = document;

  /* contents: mark the section that is being read, close the bar after a choice */
  var bar = root.querySelector(".bar");
  var here = root.querySelector(".bar .here");
  var links = Array.prototype.slice.call(root.querySelectorAll(".rail a"));
  var sections = Array.prototype.slice.call(root.querySelectorAll("main > .chapter[id]"));
  function mark() {
    var line = window.innerHeight * 0.3, current = "";
    sections.forEach(function (section) {
      if (section.getBoundingClientRect().top <= line) { current = section.id; }
    });
    var name = "";
    links.forEach(function (link) {
      if (link.getAttribute("href") === "#" + current) {
        link.setAttribute("aria-current", "true");
        name = link.textContent;
      } else {
        link.removeAttribute("aria-current");
      }
    });
    if (here) { here.textContent = name; }
  }
  var waiting = false;
  window.addEventListener("scroll", function () {
    if (waiting) { return; }
    waiting = true;
    window.requestAnimationFrame(function () { waiting = false; mark(); });
  }, { passive: true });
  mark();
  if (bar) {
    bar.addEventListener("click", function (event) {
      if (event.target.closest("a")) { bar.open = false; }
    });
  }

  /* tables that can be searched */
  function plain(text) { return text.normalize("NFKC").toLowerCase(); }
  root.querySelectorAll(".table:not(.explorer) .search").forEach(function (box) {
    var input = box.querySelector("input"), output = box.querySelector("output");
    var rows = Array.prototype.slice.call(box.closest("figure").querySelectorAll("tbody tr"));
    var texts = rows.map(function (row) { return plain(row.textContent); });
    input.addEventListener("input", function () {
      var wanted = plain(input.value.trim()), shown = 0;
      rows.forEach(function (row, index) {
        row.hidden = texts[index].indexOf(wanted) < 0;
        if (!row.hidden) { shown += 1; }
      });
      output.textContent = shown ? shown + " " + output.dataset.rows : output.dataset.none;
    });
  });

  /* figures: a card that says where each stands; a click leads there, on a touch screen the second one */
  var card = root.createElement("div"), shown = null, leaving = 0, touched = false;
  var list = root.querySelector(".ledger");
  function line(tag, text) {
    var made = root.createElement(tag);
    made.textContent = text;
    card.appendChild(made);
  }
  function place(figure) {
    var box = figure.getClientRects()[0], wide = card.offsetWidth, high = card.offsetHeight;
    var left = Math.min(Math.max(12, box.left + box.width / 2 - wide / 2), root.documentElement.clientWidth - wide - 12);
    var above = box.top - high - 8;
    card.style.left = left + window.scrollX + "px";
    card.style.top = (above > 56 ? above : box.bottom + 8) + window.scrollY + "px";
  }
  function show(figure) {
    window.clearTimeout(leaving);
    if (shown === figure) { return; }
    hide();
    var row = root.getElementById("no-" + figure.dataset.no);
    if (!row) { return; }
    card.textContent = "";
    line("span", row.cells[1].textContent);
    line("b", row.cells[2].textContent + " · " + row.cells[3].textContent);
    line("span", /^#cell-/.test(figure.getAttribute("href")) ? list.dataset.cell : list.dataset.row);
    shown = figure;
    figure.classList.add("open");
    card.hidden = false;
    place(figure);
  }
  function hide() {
    window.clearTimeout(leaving);
    if (shown) { shown.classList.remove("open"); }
    shown = null;
    card.hidden = true;
  }
  function leave() {
    window.clearTimeout(leaving);
    leaving = window.setTimeout(hide, 160);
  }
  function figureOf(event) {
    return event.target.closest ? event.target.closest("a.fig") : null;
  }
  if (list) {
    card.className = "whence";
    card.setAttribute("aria-hidden", "true");
    card.hidden = true;
    root.body.appendChild(card);
    root.addEventListener("pointerdown", function (event) {
      touched = event.pointerType === "touch";
      if (!figureOf(event) && !card.contains(event.target)) { hide(); }
    });
    root.addEventListener("pointerover", function (event) {
      var figure = figureOf(event);
      if (event.pointerType === "touch") { return; }
      if (figure) { show(figure); } else if (card.contains(event.target)) { window.clearTimeout(leaving); } else if (shown && shown !== root.activeElement) { leave(); }
    });
    root.addEventListener("focusin", function (event) {
      var figure = figureOf(event);
      if (figure && !touched && figure.matches(":focus-visible")) { show(figure); } else if (!figure) { hide(); }
    });
    root.addEventListener("focusout", function (event) {
      if (figureOf(event)) { leave(); }
    });
    root.addEventListener("keydown", function (event) {
      touched = false;
      if (event.key === "Escape") { hide(); }
    });
    root.addEventListener("click", function (event) {
      var figure = figureOf(event), link = figure || (event.target.closest && event.target.closest(".ledger a[href^='#']"));
      if (!link) { return; }
      if (figure && touched && shown !== figure) { event.preventDefault(); show(figure); return; }
      hide();
      lead(root.getElementById(link.hash.slice(1)));
    });
  }

  /* a jump over many screens is made at once; a row that a search has left out comes back; charts that are drawn on
     the way move what follows, so the place is looked at again */
  var moved = false;
  ["wheel", "touchmove", "keydown"].forEach(function (name) {
    root.addEventListener(name, function () { moved = true; }, { passive: true });
  });
  function lead(target) {
    if (!target) { return; }
    moved = false;
    var row = target.closest("tr"), fold = target.closest("details"), style = root.documentElement.style;
    if (fold) { fold.open = true; }
    if (row && row.hidden) {
      var input = row.closest("figure").querySelector(".search input");
      input.value = "";
      input.dispatchEvent(new Event("input"));
    }
    style.scrollBehavior = "auto";
    [100, 400, 900, 1600].forEach(function (wait) {
      window.setTimeout(function () {
        var box = target.getBoundingClientRect();
        if (!moved && root.getElementById(window.location.hash.slice(1)) === target && (box.bottom < 60 || box.top > window.innerHeight - 40)) {
          target.scrollIntoView({ block: "center" });
        }
        if (wait === 1600) { style.scrollBehavior = ""; }
      }, wait);
    });
  }

  /* charts: the picture is replaced by a live chart when it comes near the window */
  var holder = root.getElementById("charts");
  if (!holder || !window.vegaEmbed || !window.IntersectionObserver) { return; }
  var specs = JSON.parse(holder.textContent);

  function fitted(spec, width) {
    var copy = JSON.parse(JSON.stringify(spec));
    if (copy.width) { copy.width = width; }
    return copy;
  }

  function draw(figure) {
    var plot = figure.querySelector(".plot"), spec = specs[figure.id];
    if (!spec) { return; }
    var width = Math.floor(plot.clientWidth);
    var old = plot.querySelector(".live");
    var live = root.createElement("div");
    live.className = "live";
    plot.appendChild(live);
    plot.dataset.width = width;
    var label = plot.querySelector(".still svg").getAttribute("aria-label");
    window.vegaEmbed(live, fitted(spec, width), {
      actions: false, renderer: "svg", ast: true, tooltip: { theme: "custom" }, mode: "vega-lite", config: { background: "transparent" }
    }).then(function () {
      var picture = live.querySelector("svg");
      picture.setAttribute("role", "img");
      picture.setAttribute("aria-label", label);
      if (old) { old.remove(); }
      plot.classList.add("on");
    }).catch(function () {
      live.remove();
    });
  }

  var observer = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (entry.isIntersecting) {
        observer.unobserve(entry.target);
        draw(entry.target);
      }
    });
  }, { rootMargin: "200px 0px" });
  root.querySelectorAll("figure.chart").forEach(function (figure) { observer.observe(figure); });

  if (!window.ResizeObserver) { return; }
  var timer = 0;
  var sizes = new ResizeObserver(function () {
    window.clearTimeout(timer);
    timer = window.setTimeout(function () {
      root.querySelectorAll("figure.chart .plot.on").forEach(function (plot) {
        if (Math.abs(plot.clientWidth - Number(plot.dataset.width)) > 4) { draw(plot.closest("figure")); }
      });
    }, 150);
  });
  sizes.observe(root.querySelector("main"));
})();

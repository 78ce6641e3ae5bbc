/* The weight explorer: the reader sets the platforms' weights, the page weighs their scores and ranks the cities. */
(function () {
  "use strict";
  var root = document;
  var holder = root.getElementById("explorers");
  if (!holder) { return; }

  function sum(numbers) { return numbers.reduce(function (total, number) { return total + number; }, 0); }

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (whole, name) { return name in values ? values[name] : whole; });
  }

  function plain(text) { return text.normalize("NFKC").toLowerCase(); }

  /* A number as the report prints it: that many decimals, half away from zero on the decimal digits. */
  function fixed(number, digits) {
    var size = Math.abs(number) < 1e-6 ? 0 : Math.abs(number);
    var parts = Number(Math.round(Number(size + "e" + digits)) + "e-" + digits).toFixed(digits).split(".");
    parts[0] = parts[0].replace(/\B(?=(\d{3})+$)/g, ",");
    return (number < 0 && /[1-9]/.test(parts.join("")) ? "−" : "") + parts.join(".");
  }

  /* A city's parts are scores, or what is done where there is none: "zero" counts 0, "reweight" is left out,
     "withhold" takes the composite away. A weight of 0 leaves a part out. NaN: no score. */
  function composite(parts, weights) {
    var all = sum(weights), score = 0;
    var taken = parts.map(function (part, at) { return part === "reweight" ? 0 : weights[at] / all; });
    var total = sum(taken);
    if (!(total > 0)) { return NaN; }
    parts.forEach(function (part, at) {
      if (part === "withhold" && taken[at] > 0) { score = NaN; }
      if (typeof part === "number") { score += part * (taken[at] / total); }
    });
    return score;
  }

  /* 1 is best, equals share the better place; scores are rounded first, so that noise decides nothing. */
  function placed(scores, significant) {
    var rounded = scores.map(function (score) { return Number(score.toPrecision(significant)); });
    var ordered = rounded.filter(function (score) { return score === score; });
    ordered.sort(function (a, b) { return b - a; });
    return rounded.map(function (score) { return score === score ? ordered.indexOf(score) + 1 : null; });
  }

  function marked(places) {
    var counts = {};
    places.forEach(function (place) { counts[place] = (counts[place] || 0) + 1; });
    return places.map(function (place) { return place === null ? "–" : place + (counts[place] > 1 ? "=" : ""); });
  }

  function movement(before, now) {
    if (before === null || now === null) { return ["", ""]; }
    if (before === now) { return ["—", "muted"]; }
    return before > now ? ["▲" + (before - now), "up"] : ["▼" + (now - before), "down"];
  }

  function start(figure, data) {
    var words = data.words;
    var published = data.platforms.map(function (platform) { return platform.weight; });
    var weights = published.slice();
    var marks = marked(data.places);
    var names = data.cities.map(plain);
    var all = false, timer = 0;
    var lines = Array.prototype.slice.call(figure.querySelectorAll(".line")).slice(1);
    var inputs = lines.map(function (line) { return line.querySelector("input"); });
    var state = figure.querySelector(".state");
    var box = figure.querySelector(".search input"), found = figure.querySelector(".search output");
    var more = figure.querySelector("button.all");
    var body = figure.querySelector("tbody");
    var rows = made(body.rows[0]);

    /* One row a city, made after the first that stands there; its last cell has a word of its own for the tone. */
    function made(sample) {
      return data.cities.map(function (city) {
        var row = sample.cloneNode(true);
        Array.prototype.forEach.call(row.cells, function (cell) { cell.textContent = ""; });
        row.cells[1].textContent = city;
        row.cells[4].appendChild(root.createElement("span"));
        return row;
      });
    }

    function showWeights() {
      var total = sum(weights);
      lines.forEach(function (line, at) {
        var own = fixed(weights[at], 0), share = total > 0 ? fixed(100 * weights[at] / total, 1) + "%" : "–";
        line.querySelector(".own").textContent = own;
        line.querySelector(".share").textContent = share;
        line.querySelector(".slide").style.setProperty("--on", weights[at]);
        inputs[at].value = weights[at];
        inputs[at].setAttribute("aria-valuetext", fill(words.value, { weight: own, share: share }));
      });
    }

    function showRows(scores, places) {
      var order = places.map(function (place, at) { return at; });
      var shown = marked(places), wanted = plain(box.value.trim()), list = root.createDocumentFragment();
      order.sort(function (a, b) { return (places[a] || 1e9) - (places[b] || 1e9) || a - b; });
      order.forEach(function (at, number) {
        var row = rows[at], cells = row.cells, moved = movement(data.places[at], places[at]);
        cells[0].textContent = shown[at];
        cells[2].textContent = places[at] === null ? "—" : fixed(scores[at], data.digits);
        cells[3].textContent = marks[at];
        cells[4].firstChild.textContent = moved[0];
        cells[4].firstChild.className = moved[1];
        if (wanted ? names[at].indexOf(wanted) >= 0 : all || number < data.top) { list.appendChild(row); }
      });
      var seen = list.childNodes.length;
      found.textContent = !wanted ? "" : seen ? seen + " " + found.dataset.rows : found.dataset.none;
      body.textContent = "";
      body.appendChild(list);
    }

    function sentence(places) {
      var first = data.cities.filter(function (city, at) { return places[at] === 1; });
      var moved = data.places.filter(function (place, at) {
        return place !== null && place <= data.top && place !== places[at];
      });
      var same = weights.every(function (weight, at) { return weight === published[at]; });
      if (!(sum(weights) > 0)) { return words.nothing; }
      return same ? words.is_published : fill(words.is_own, { first: first.join(words.join), moved: moved.length });
    }

    /* Said once the hand rests, so that a reading voice is not sent one sentence a step. */
    function say(text) {
      window.clearTimeout(timer);
      timer = window.setTimeout(function () { if (state.textContent !== text) { state.textContent = text; } }, 250);
    }

    function update() {
      var scores = data.parts.map(function (parts) { return composite(parts, weights); });
      var places = placed(scores, data.significant);
      figure.classList.toggle("nothing", !(sum(weights) > 0));
      figure.classList.toggle("long", all);
      showWeights();
      showRows(scores, places);
      say(sentence(places));
    }

    inputs.forEach(function (input, at) {
      input.addEventListener("input", function () { weights[at] = Number(input.value); update(); });
    });
    figure.querySelector("button.reset").addEventListener("click", function () {
      weights = published.slice();
      update();
    });
    box.addEventListener("input", update);
    more.hidden = data.cities.length <= data.top;
    more.addEventListener("click", function () {
      all = !all;
      more.textContent = all ? words.top : words.all;
      update();
    });
    update();
  }

  var explorers = JSON.parse(holder.textContent);
  Object.keys(explorers).forEach(function (anchor) { start(root.getElementById(anchor), explorers[anchor]); });
})();

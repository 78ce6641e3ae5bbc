(function () {
  "use strict";
  var input = document.querySelector(".find input"), output = document.querySelector(".find output");
  var provinces = Array.prototype.slice.call(document.querySelectorAll(".province"));
  function plain(text) { return text.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]/gu, ""); }
  input.addEventListener("input", function () {
    var wanted = plain(input.value), shown = 0;
    provinces.forEach(function (province) {
      var here = 0;
      province.querySelectorAll("li").forEach(function (city) {
        city.hidden = plain(city.dataset.names).indexOf(wanted) < 0;
        if (!city.hidden) { here += 1; }
      });
      province.hidden = here === 0;
      shown += here;
    });
    output.textContent = shown ? "" : output.dataset.none;
  });
})();

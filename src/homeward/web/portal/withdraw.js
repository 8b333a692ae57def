// The withdrawal button for a shop's own pages: one file, nothing to load besides, nothing kept in the browser.
//   <script src="…/withdraw.js" async></script>                      puts the link where the script stands
//   data-target="#footer"      puts it into that element instead
//   data-contract="LT-48213"   fills in the order number;  data-class="…" names classes of the shop's own style
//   data-open="frame"          opens the form in the page, where the shop is one of its declared addresses
(function () {
  "use strict";
  const told = __TOLD__;
  const script = document.currentScript || document.querySelector('script[src*="/withdraw.js"]');
  const asked = script ? script.dataset : {};

  function label() {
    const wish = (document.documentElement.lang || "en").toLowerCase();
    const base = wish.split("-")[0];
    return told.labels[wish] || told.labels[base === "zh" ? "zh-hans" : base] || told.labels.en;
  }

  function address(page) {
    const url = new URL(page);
    const wish = (document.documentElement.lang || "").toLowerCase();
    const language = wish.startsWith("zh") ? "zh-hans" : wish.split("-")[0];
    if (language) url.searchParams.set("lang", language);
    if (told.country) url.searchParams.set("country", told.country);
    if (asked.contract) url.searchParams.set("contract", asked.contract);
    return url.href;
  }

  function named(tag, words) {
    const made = document.createElement(tag);
    made.className = ("homeward-withdraw " + (asked.class || "")).trim();
    made.textContent = words.text;
    made.lang = words.lang;
    return made;
  }

  function link(words) {
    const made = named("a", words);
    made.href = address(told.page);
    return made;
  }

  // A button that shows and hides the form right below; it says so to those who cannot see it.
  function drawer(words) {
    const box = document.createElement("div");
    const button = named("button", words);
    const id = "homeward-withdraw-form";
    button.type = "button";
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-controls", id);
    const place = document.createElement("div");
    place.id = id;
    place.hidden = true;
    button.addEventListener("click", function () {
      place.hidden = !place.hidden;
      button.setAttribute("aria-expanded", String(!place.hidden));
      if (!place.firstChild) place.append(frame(words));
    });
    box.append(button, place);
    return box;
  }

  function frame(words) {
    const made = document.createElement("iframe");
    made.src = address(told.frame);
    made.title = words.text;
    made.style.cssText = "display:block;inline-size:100%;border:0;block-size:44rem";
    window.addEventListener("message", function (event) {
      const isOurs = event.origin === new URL(told.frame).origin && event.source === made.contentWindow;
      const height = isOurs && event.data && event.data.homewardHeight;
      if (Number.isFinite(height)) made.style.blockSize = Math.max(height, 200) + "px";
    });
    return made;
  }

  function put() {
    const made = asked.open === "frame" ? drawer(label()) : link(label());
    const target = asked.target && document.querySelector(asked.target);
    if (target) target.append(made);
    else if (script && document.body.contains(script)) script.after(made);
    else document.body.append(made);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", put);
  else put();
})();

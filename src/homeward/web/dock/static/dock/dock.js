// The dock with a scanner and no mouse: scanned goods count themselves, a scanned serial fills its field, and Enter in
// the empty scan field presses the next button. Without script the server counts, and people press.

const scan = document.querySelector("input[data-scan]");
const status = document.querySelector("[data-count-status]");

// With script the proposal follows every answer by itself.
for (const button of document.querySelectorAll("[data-till-script]")) button.hidden = true;

scan?.form.addEventListener("submit", (event) => {
  const code = scan.value.replace(/[\s-]/g, "").toUpperCase();
  if (event.defaultPrevented || !(code ? count(code) || serial(code) : next())) return;
  event.preventDefault();
  scan.value = "";
  scan.focus({ preventScroll: true });
});

/** Press the button that ends this step. */
function next() {
  const button = document.querySelector("button[data-next]");
  button?.click();
  return Boolean(button);
}

/** Count one more of the goods that carry this code. */
function count(code) {
  const line = [...document.querySelectorAll("[data-codes]")].find((one) => holds(one.dataset.codes, code));
  const input = line?.querySelector("input[type=number]");
  if (!input) return false;
  input.stepUp();
  input.dispatchEvent(new Event("input", { bubbles: true }));
  if (status) status.textContent = `${line.dataset.count}: ${input.value}`;
  return true;
}

/** Write a serial number into its field, where the unit on the table wants one and this is no label. */
function serial(code) {
  const place = document.querySelector("[data-serial]");
  const input = place?.querySelector("input");
  if (!input || /^HW|^[A-Z]{3}_|:\/\//.test(code)) return false;
  if (input.value && !holds(place.dataset.serial, code)) return false;
  input.value = scan.value.trim();
  if (status) status.textContent = input.value;
  return true;
}

function holds(codes, code) {
  return codes.split(" ").some((one) => one && one.replace(/-/g, "").toUpperCase() === code);
}

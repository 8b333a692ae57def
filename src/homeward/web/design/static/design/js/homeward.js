// Homeward's own scripts: each makes a page smoother that already works without it.
import { wireAutoForms } from "./autoforms.js";
import { wireCopy } from "./copy.js";
import { wireDialogs } from "./dialogs.js";
import { wireFiles } from "./files.js";
import { wireFocus } from "./focus.js";
import { wireKeys } from "./keys.js";
import { wireReorder } from "./reorder.js";
import { wireScan } from "./scan.js";
import { wireSteppers } from "./steppers.js";
import { wireTheme } from "./theme.js";
import { wireToasts } from "./toasts.js";
import { wireToneCheck } from "./tone.js";

const WIRES = [
  wireAutoForms, wireCopy, wireDialogs, wireFiles, wireFocus, wireKeys, wireReorder, wireScan, wireSteppers, wireTheme,
  wireToasts, wireToneCheck,
];

/** Wire whatever is new below `root`. */
function wire(root) {
  for (const part of WIRES) part(root);
}

wire(document);
// What htmx brings later is wired when it lands.
document.addEventListener("htmx:load", (event) => wire(event.target));

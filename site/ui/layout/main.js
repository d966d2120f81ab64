// What every page loads: each component's module adds itself to the pages that have something for it. The notes can
// be read without any of this.
import * as code from "./code.js";
import * as progress from "./progress.js";
import * as quiz from "./quiz.js";
import * as reload from "./reload.js";
import * as search from "./search.js";
import * as shortcuts from "./shortcuts.js";
import * as term from "./term.js";

// Modules for what stands in the notes: again when the notes are exchanged.
function enhance(notes) {
  for (const component of [code, quiz, term]) component.enhance(notes);
}

search.start();
shortcuts.start();
progress.start();
enhance(document);
reload.start(enhance);

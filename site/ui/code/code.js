// A button on each block of code that copies it.
import { t } from "./page.js";

export function enhance(notes) {
  for (const block of notes.querySelectorAll(".prose .code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = t("Copy", "Copiar");
    const said = document.createElement("span");
    said.className = "sr";
    said.setAttribute("role", "status");
    button.addEventListener("click", () => copy(block.querySelector("code").textContent, button, said));
    block.append(button, said);
  }
}

async function copy(text, button, said) {
  let words = t("Copied", "Copiado");
  try {
    await navigator.clipboard.writeText(text.replace(/\n$/, ""));
  } catch {
    words = t("Not allowed", "No permitido");
  }
  button.textContent = words;
  said.textContent = words;
  setTimeout(() => { button.textContent = t("Copy", "Copiar"); said.textContent = ""; }, 1600);
}

// Questions are answered in place: the choice is marked and, when it is right, explained. Without this the answer is
// behind the word "Answer".
import { t } from "./page.js";

export function enhance(notes) {
  for (const quiz of notes.querySelectorAll("fieldset.quiz")) {
    const boxes = [...quiz.querySelectorAll("label input")];
    if (boxes[0]?.type === "checkbox") several(quiz, boxes);
    else for (const box of boxes) box.addEventListener("change", () => judge(quiz, boxes));
  }
}

// several right answers are judged together, when the reader says so.
function several(quiz, boxes) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiz-check";
  button.textContent = t("Check", "Comprobar");
  button.addEventListener("click", () => judge(quiz, boxes));
  quiz.querySelector(".quiz-said").before(button);
}

function judge(quiz, boxes) {
  const isRight = (box) => box.parentElement.hasAttribute("data-right");
  const solved = boxes.every((box) => box.checked === isRight(box));
  for (const box of boxes) {
    const label = box.parentElement;
    label.classList.toggle("right", box.checked && isRight(box));
    label.classList.toggle("wrong", box.checked && !isRight(box));
  }
  const said = quiz.querySelector(".quiz-said");
  said.className = "quiz-said " + (solved ? "right" : "wrong");
  said.textContent = solved ? t("Right.", "Correcto.") : t("Not quite. Try again, or look at the answer.", "No del todo. Prueba otra vez o mira la respuesta.");
  if (solved) quiz.querySelector("details").open = true;
}

// Why a direct connection failed. A browser tells its pages nothing of that, so the site's program asks the server the
// same thing and looks at the answer.
import { t } from "./page.js";

// leadsTo is where the head of an answer points to.
export const leadsTo = (head) => /^location: *(.*\S)/im.exec(head ?? "")?.[1];

const texts = {
  "nobody-listens": () => t("Nobody listens at that address: is the exercise running, and is this its port?", "Nadie escucha en esa dirección: ¿el ejercicio está corriendo y es este su puerto?"),
  silent: () => t("Something listens there, but does not answer.", "Algo escucha ahí, pero no responde."),
  failed: () => t("The connection could not be made.", "No se pudo hacer la conexión."),
  "no-http": () => t("What answered there does not speak HTTP.", "Lo que respondió ahí no habla HTTP."),
  "not-loopback": () => t("The site only asks programs on your own machine.", "El sitio solo pregunta a programas de tu propia máquina."),
  origin: (e, origin) => t(`The server refuses handshakes of other origins: with Origin ${origin} it says ${e.status}, with its own it says 101. That protects its users from foreign pages. Connect through the tap, or let the server accept this origin.`, `El servidor rechaza saludos de otros orígenes: con Origin ${origin} responde ${e.status}, con el suyo propio responde 101. Eso protege a sus usuarios de páginas ajenas. Conecta por la toma, o haz que el servidor acepte este origen.`),
  "not-found": () => t("There is nothing at that path: 404. Look at what the exercise serves.", "No hay nada en esa ruta: 404. Mira qué sirve el ejercicio."),
  "no-websocket": (e) => t(`What is there is no WebSocket: the handshake got ${e.status}, not 101.`, `Lo que hay ahí no es un WebSocket: el saludo recibió ${e.status}, no 101.`),
  redirect: (e) => t(`The server answers ${e.status} and points to ${leadsTo(e.answer) ?? "…"}. Connect to that address: the console does not go there by itself.`, `El servidor responde ${e.status} y apunta a ${leadsTo(e.answer) ?? "…"}. Conecta con esa dirección: la consola no va allí por su cuenta.`),
  refused: (e) => t(`The server answers ${e.status}.`, `El servidor responde ${e.status}.`),
  "wrong-accept": () => t("The server says 101, but its Sec-WebSocket-Accept does not belong to the key, so the browser gives up (RFC 6455 §4.1).", "El servidor dice 101, pero su Sec-WebSocket-Accept no corresponde a la clave, así que el navegador desiste (RFC 6455 §4.1)."),
  "no-protocol": () => t("The server accepts, but chooses none of the subprotocols, so the browser gives up.", "El servidor acepta, pero no elige ninguno de los subprotocolos, así que el navegador desiste."),
  "no-stream": () => t("The answer is no event stream: its Content-Type is not text/event-stream, so EventSource gives up for good.", "La respuesta no es un flujo de eventos: su Content-Type no es text/event-stream, así que EventSource desiste para siempre."),
  cors: (e, origin) => t(`The stream is there, but a page of another origin may not read it: the answer has no Access-Control-Allow-Origin for ${origin}. EventSource then gives up for good. Connect through the tap, or let the server say so.`, `El flujo está ahí, pero una página de otro origen no puede leerlo: la respuesta no trae Access-Control-Allow-Origin para ${origin}. EventSource entonces desiste para siempre. Conecta por la toma, o haz que el servidor lo diga.`),
  unknown: () => t("The connection could not be made, and the site's program, which could ask why, does not answer.", "No se pudo hacer la conexión, y el programa del sitio, que podría preguntar por qué, no responde."),
  accepted: () => t("Asked again, the server accepts: it may have been too busy, or just started.", "Preguntado otra vez, el servidor acepta: quizá estaba ocupado o recién arrancaba."),
};

// explain adds to the log why a connection failed, with the server's own answer.
export async function explain(session, link) {
  const origin = link.tap ? new URL(link.address.replace(/^ws/, "http")).origin : location.origin;
  let e;
  try {
    e = await session.post("explain", { target: link.address, origin, protocols: link.protocols ?? [] });
  } catch (err) { e = { why: "unknown", error: err.message }; }
  const moved = e.why === "refused" && e.status >= 300 && e.status < 400;
  const why = (texts[moved ? "redirect" : e.why] ?? texts.failed)(e, origin);
  session.log.add([{ time: Date.now(), conn: link.name, kind: "note", length: 0, wrong: true, data: why + (e.answer ? `\n\n${e.answer}` : e.error ? `\n\n${e.error}` : "") }]);
}

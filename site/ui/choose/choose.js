// The front door of the static copy; a server would answer with a redirect.
location.replace((navigator.language || "").toLowerCase().startsWith("es") ? "es/index.html" : "en/index.html");

package pages

type consoleContent struct{ Kind string } // "websocket" or "events"

// consoles writes the pages that talk to any address on this machine.
func (e *edition) consoles() error {
	err := e.write("console", page{
		Path: "console/websocket.html", Section: "console", Content: consoleContent{"websocket"},
		Title: e.text("WebSocket console", "Consola WebSocket"),
		Description: e.text(
			"Open connections to any server on your own machine, talk on them, and see every frame with its bytes.",
			"Abre conexiones con cualquier servidor de tu propia máquina, habla por ellas y mira cada trama con sus bytes."),
	})
	if err != nil {
		return err
	}
	return e.write("console", page{
		Path: "console/events.html", Section: "console", Content: consoleContent{"events"},
		Title: e.text("Event stream console", "Consola de flujos de eventos"),
		Description: e.text(
			"Follow an event stream of your own machine: events, ids, comments, and how it comes back when it breaks.",
			"Sigue un flujo de eventos de tu propia máquina: eventos, ids, comentarios, y cómo vuelve cuando se corta."),
	})
}
